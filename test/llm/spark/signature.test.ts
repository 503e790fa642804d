import { expect, it } from "vitest";
import { signedAddress, sparkSignature } from "../../../src/llm/spark/signature.ts";

const secret = "dummy-api-secret-0001";
const keys = { api_key: "dummy-api-key-0001", api_secret: secret };
const date = "Thu, 15 Jan 2026 08:30:00 GMT";

it.each([
  ["wss://spark-api.xf-yun.com/v3.5/chat", date, secret, "Kp6EtinIn6J7JRC1lxA9i1N2FX6gavdrDR0zvB9aTTk="],
  ["wss://spark-api.xf-yun.com/v1/x1", date, secret, "uHKj1xvhgi3kTKmc3z6WPPsI6WXcIbPQvM7XwQwzdcs="],
  ["ws://127.0.0.1:8765/v1.1/chat", date, secret, "BfxS4SpwHdCkSb7VyZGUZsyBrO1kAKMEpP0BolULvAQ="],
  [
    "wss://spark-api.xf-yun.com/v1.1/chat",
    "Fri, 05 May 2023 10:43:39 GMT",
    "MjlmNzkzNmZkMDQ2OTc0ZDdmNGE2ZTZi",
    "z5gHdu3pxVV4ADMyk467wOWDQ9q6BQzR3nfMTjc/DaQ=",
  ],
])("the signature for %s is the known one (case 132)", (address, at, key, signature) => {
  expect(sparkSignature(new URL(address), key, at)).toBe(signature);
});

it("the address carries what was signed, form-encoded (case 132)", () => {
  const authorization =
    "YXBpX2tleT0iZHVtbXktYXBpLWtleS0wMDAxIiwgYWxnb3JpdGhtPSJobWFjLXNoYTI1NiIsIGhlYWRlcnM9Imhvc3QgZGF0ZSByZXF1ZXN0LWxpbmUiLCBzaWduYXR1cmU9IktwNkV0aW5JbjZKN0pSQzFseEE5aTFOMkZYNmdhdmRyRFIwenZCOWFUVGs9Ig";
  expect(signedAddress("wss://spark-api.xf-yun.com/v3.5/chat", keys, date).href).toBe(
    `wss://spark-api.xf-yun.com/v3.5/chat?authorization=${authorization}%3D%3D&date=Thu%2C+15+Jan+2026+08%3A30%3A00+GMT&host=spark-api.xf-yun.com`,
  );
});

it("a query of its own stays in the address and out of the signature (case 134)", () => {
  const plain = signedAddress("ws://127.0.0.1:8765/v1.1/chat", keys, date).searchParams;
  const { searchParams } = signedAddress("ws://127.0.0.1:8765/v1.1/chat?region=a%20b#top", keys, date);
  expect(searchParams.get("region")).toBe("a b");
  expect(searchParams.get("authorization")).toBe(plain.get("authorization"));
  expect(searchParams.get("host")).toBe("127.0.0.1:8765");
});
