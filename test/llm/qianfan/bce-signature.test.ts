import { expect, it } from "vitest";
import { bceHeaders, bceSigningKey } from "../../../src/llm/qianfan/bce-signature.ts";

const keys = { access_key: "dummy-access-key-0001", secret_key: "dummy-secret-key-0001" };
const date = "2026-01-15T08:30:00Z";
const prefix = "bce-auth-v1/dummy-access-key-0001/2026-01-15T08:30:00Z/1800";

it("the signing key is the known one, byte for byte (case 151)", () => {
  expect(bceSigningKey(prefix, keys.secret_key)).toBe(
    "66d1e11352170f0d6ff08e4fa58014c7ff9e47bf811cdf7ae92eba71f378b322",
  );
});

it.each([
  [
    "POST",
    "https://aip.baidubce.com/rpc/2.0/ai_custom/v1/wenxinworkshop/chat/completions_pro",
    "16538e88f143574f35e398dfd65467d389274db49e62c390241b28669ff34491",
  ],
  [
    "GET",
    "https://iam.bj.baidubce.com/v1/BCE-BEARER/token?expireInSeconds=86400",
    "21d774d197be949783ee24ad8af626028e4dbd7aa241de4cbfd9253b68d93274",
  ],
])("the headers of %s %s carry the known signature (case 151)", (method, url, signature) => {
  expect(bceHeaders(method, new URL(url), keys, date)).toEqual({
    "x-bce-date": date,
    authorization: `${prefix}/host;x-bce-date/${signature}`,
  });
});
