import { expect, it } from "vitest";
import { createBudget, type Reservation } from "../src/budget.ts";

/** Reserves what must fit. */
function reserved(reservation: Reservation | undefined): Reservation {
  if (!reservation) throw new Error("the reservation was refused");
  return reservation;
}

it("lets a call pass that uses up the investment exactly", () => {
  const budget = createBudget(0.3);
  budget.settle(reserved(budget.reserve(0.1)), 0.1);
  budget.settle(reserved(budget.reserve(0.2)), 0.2);
  expect(budget.spent).toBe(0.3);
});

it("adds ten thousand small costs without drifting", () => {
  const budget = createBudget(1);
  for (let call = 0; call < 10_000; call++) budget.settle(reserved(budget.reserve(0.0001)), 0.0001);
  expect(budget.spent).toBe(1);
  expect(budget.reserve(0.0001)).toBeUndefined();
});

it("refuses what could exceed the investment together with calls under way", () => {
  const budget = createBudget(1);
  const first = reserved(budget.reserve(0.6));
  expect(budget.reserve(0.6)).toBeUndefined();
  budget.settle(first, 0.1);
  expect(budget.reserve(0.6)).toEqual({ usd: 0.6 });
});

it("tells what can still be set aside", () => {
  const budget = createBudget(1, 0.2);
  const first = reserved(budget.reserve(0.6));
  expect(budget.free).toBe(0.2);
  budget.settle(first, 0.9);
  expect(budget.free).toBe(0);
});

it("lets free calls pass when nothing is left", () => {
  const budget = createBudget(0);
  expect(budget.reserve(0)).toEqual({ usd: 0 });
  expect(budget.reserve(0.000001)).toBeUndefined();
});

it("counts a call that cost more than was set aside", () => {
  const budget = createBudget(1);
  budget.settle(reserved(budget.reserve(0.9)), 1.2);
  expect(budget.spent).toBe(1.2);
  expect(budget.couldFit(0.1)).toBe(false);
});

it("knows that a refused amount fits once others are settled, and tells when one is", async () => {
  const budget = createBudget(1);
  const first = reserved(budget.reserve(0.8));
  expect([budget.couldFit(0.9), budget.couldFit(1.1)]).toEqual([true, false]);
  const released = budget.released();
  budget.settle(first, 0);
  await released;
  expect(budget.reserve(0.9)).toEqual({ usd: 0.9 });
});

it("takes a reservation back only once", () => {
  const budget = createBudget(1);
  const first = reserved(budget.reserve(0.5));
  budget.settle(first, 0.5);
  expect(() => budget.settle(first, 0.5)).toThrow("settled twice");
});

it.each([Number.NaN, -1])("takes %d for a mistake, not for free", (usd) => {
  expect(() => createBudget(1).reserve(usd)).toThrow(RangeError);
});
