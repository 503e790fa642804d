import { describe, expect, it } from "vitest";
import { renderTable } from "../../bin/table.ts";

const headers = ["role", "model", "calls"];
const rows = [
  ["ProductManager", "gpt-4o", "1"],
  ["Engineer", "Qwen/Qwen2.5-Coder-32B-Instruct", "12"],
  ["工程师", "通义千问", "3"],
  ["total", "", "16"],
];
const right = ["calls"];

describe("renderTable", () => {
  it("aligns columns by display width", () => {
    expect(renderTable(headers, rows, { columns: 80, right }).split("\n")).toEqual([
      "role            model                            calls",
      "ProductManager  gpt-4o                               1",
      "Engineer        Qwen/Qwen2.5-Coder-32B-Instruct     12",
      "工程师          通义千问                             3",
      "total                                               16",
    ]);
  });

  it("cuts the widest text column until the table fits", () => {
    expect(renderTable(headers, rows, { columns: 40, right }).split("\n")).toEqual([
      "role            model              calls",
      "ProductManager  gpt-4o                 1",
      "Engineer        Qwen/Qwen2.5-Cod…     12",
      "工程师          通义千问               3",
      "total                                 16",
    ]);
  });

  it("shows each row by itself, whole, where cutting is not enough", () => {
    expect(renderTable(headers, rows, { columns: 26, right }).split("\n")).toEqual([
      "ProductManager",
      "  model gpt-4o, calls 1",
      "Engineer",
      "  model",
      "  Qwen/Qwen2.5-Coder-32B-Instruct,",
      "  calls 12",
      "工程师",
      "  model 通义千问, calls 3",
      "total",
      "  calls 16",
    ]);
  });

  it("paints the line of headers only", () => {
    const table = renderTable(["a", "b"], [["1", "2"]], { columns: 80, paintHeader: (line) => `<${line}>` });
    expect(table).toBe("<a  b>\n1  2");
  });

  it("knows no bound on an endless screen", () => {
    expect(renderTable(["a"], [["x".repeat(300)]], { columns: Number.POSITIVE_INFINITY })).toBe(
      `a\n${"x".repeat(300)}`,
    );
  });
});
