import { z } from "zod";
import { defineDocument } from "../document.ts";

const CodeAnswer = z.object({
  path: z.string(),
  language: z.enum(["javascript", "typescript", "python"]),
  code: z.string().describe("the whole file"),
  explanation: z.string(),
  tests: z.array(z.string()),
  complete: z.boolean(),
});

const codeAnswer = defineDocument("code-in-a-string", CodeAnswer, {
  path: "src/template.js",
  language: "javascript",
  code: [
    '"use strict";',
    "",
    "// Fills {{name}} placeholders; unknown names stay as they are.",
    "const PLACEHOLDER = /\\{\\{\\s*([\\w.-]+)\\s*\\}\\}/g;",
    "",
    "function fill(template, values = {}) {",
    "  return template.replace(PLACEHOLDER, (whole, name) => {",
    "    const value = values[name];",
    "    if (value === undefined) return whole; /* keep it */",
    '    return typeof value === "string" ? value : JSON.stringify(value);',
    "  });",
    "}",
    "",
    'const defaults = { "title": "Untitled", "tags": ["a", "b"], "size": 3 };',
    "const greet = (user) => `Hello $" +
      "{user.name || 'friend'}, you have $" +
      "{user.count} message$" +
      '{user.count === 1 ? "" : "s"}`;',
    "",
    'console.log(fill("<h1 class=\\"title\\">{{title}}</h1>", defaults));',
    "module.exports = { fill, greet, defaults };",
    "",
  ].join("\n"),
  explanation:
    "fill() leaves unknown placeholders alone, so that a second pass can fill them. The regular expression allows spaces inside the braces; greet() is only an example.",
  tests: [
    "fill('{{ a }}', { a: 1 }) === '1'",
    'fill("{{b}}", {}) === "{{b}}"',
    "greet({ name: '', count: 1 }) ends with \"1 message\"",
  ],
  complete: true,
});

const WindowsSetup = z.object({
  install_dir: z.string(),
  log_file: z.string(),
  temp_dir: z.string(),
  ignore_patterns: z.array(z.string()),
  version_pattern: z.string(),
  environment: z.record(z.string(), z.string()),
  ports: z.array(z.int()),
  max_upload_bytes: z.int(),
  timeout_seconds: z.number(),
  silent: z.boolean(),
  proxy: z.string().nullable(),
  notes: z.string().optional(),
});

const windowsSetup = defineDocument("windows-paths-and-regexes", WindowsSetup, {
  install_dir: "C:\\Program Files\\Demo App",
  log_file: "D:\\Logs\\Daily\\App.log",
  temp_dir: "C:\\temp\\new builds\\fresh",
  ignore_patterns: ["\\.(?:git|svn)$", "^\\d{4}-\\d{2}-\\d{2}\\.log$", "~\\$.*\\.docx?"],
  version_pattern: "^v?(\\d+)\\.(\\d+)(?:\\.(\\d+))?$",
  environment: { APP_HOME: "C:\\Users\\Public\\App", Path: "%PATH%;C:\\Tools\\Git\\Cmd", EDITOR: "code --wait" },
  ports: [8080, 8443, 9229],
  max_upload_bytes: 12500000,
  timeout_seconds: 2.5,
  silent: false,
  proxy: null,
});

const Page = z.object({
  title: z.string(),
  html: z.string(),
  css: z.string(),
  inline_script: z.string().optional(),
  required_ids: z.array(z.string()),
});

const page = defineDocument("html-page", Page, {
  title: "Tea & Biscuits – order online",
  html: '<!DOCTYPE html>\n<html lang="en">\n<head>\n  <meta charset="utf-8">\n  <link rel="stylesheet" href="style.css">\n</head>\n<body class="page dark">\n  <!-- the basket -->\n  <form id="order" action="/order" method="post">\n    <input type="text" name="name" placeholder="Your name, please" required>\n    <button type="submit" onclick="send(this, \'now\')">Order &amp; pay</button>\n  </form>\n</body>\n</html>',
  css: '.page::after { content: "\\2615"; }\n#order { margin: 0 auto; /* centred */ }\n@media (max-width: 600px) { .page { padding: 4px; } }',
  required_ids: ["order", "basket", "total"],
});

const Tricky = z.object({
  prompt: z.string(),
  answer: z.string(),
  lines: z.array(z.string()),
  sentence: z.string(),
  value: z.string(),
  name: z.string(),
});

const tricky = defineDocument("strings-that-look-like-wrapping", Tricky, {
  prompt:
    'Answer inside [CONTENT] and [/CONTENT]. Think between <think> and </think> first. Use a fence:\n```json\n{"name": "..."}\n```\nNothing else.',
  answer: "// not a comment, and neither is https://example.com/a//b or # this or /* that */ or <!-- this -->",
  lines: [
    "# Heading",
    "- bullet, with comma",
    "1. first",
    "key: value",
    "&quot;quoted&quot; &amp; escaped",
    "True, None, undefined, NaN...",
    "全角：，；｛｝「」“引号”",
    "trailing blanks  ",
    "name\tvalue\tunit",
    "{\"a\": [1, 2,], b: 'c'}",
  ],
  sentence:
    'The pair "value": "x", then "y": a quote before a comma ("like this"), a colon ("so": yes) and a brace {"z"}.',
  value: "name",
  name: "value",
});

const Service = z.object({
  name: z.string(),
  version: z.string(),
  owner: z.object({
    team: z.string().meta({ aliases: ["团队"] }),
    email: z.string(),
    on_call: z.boolean(),
  }),
  tier: z.enum(["critical", "important", "best effort"]).meta({ synonyms: { critical: ["tier 1", "关键"] } }),
  replicas: z.int(),
  memory_mb: z.int(),
  cpu: z.number(),
  budget: z.number(),
  public: z.boolean(),
  deprecated: z.boolean(),
  sunset: z.number().nullable(),
  description: z.string(),
  labels: z.record(z.string(), z.string()),
  limits: z.record(z.string(), z.number()),
  weights: z.array(z.array(z.number())),
  endpoints: z.array(
    z.object({
      method: z.enum(["GET", "POST", "PUT", "DELETE"]),
      path: z.string(),
      auth: z.boolean(),
      rate: z.number().optional(),
    }),
  ),
  maintainers: z.array(z.string()),
  incidents: z.array(z.string()),
  comment: z.string().optional(),
  parent: z.string().nullable().optional(),
});

const service = defineDocument("service-settings", Service, {
  name: "checkout 🛒",
  version: "3.10",
  owner: { team: "Payments", email: "payments@example.com", on_call: true },
  tier: "critical",
  replicas: 6,
  memory_mb: 2048,
  cpu: 0.5,
  budget: 12500.75,
  public: true,
  deprecated: false,
  sunset: null,
  description:
    "Takes orders 🎉 and money; retries cards twice, then gives up. Ask Zoë (naïve but nice) for the café list.",
  labels: { "app.kubernetes.io/name": "checkout", Stage: "production", "cost-centre": "4711" },
  limits: { requestsPerSecond: 1500, burst: 3000, "error rate": 0.01 },
  weights: [
    [0.25, 0.75],
    [1, -0.5],
    [0, 0],
  ],
  endpoints: [
    { method: "GET", path: "/orders/{id}", auth: true, rate: 250 },
    { method: "POST", path: "/orders", auth: true },
    { method: "DELETE", path: "/orders/{id}", auth: true, rate: 5 },
    { method: "GET", path: "/health", auth: false },
  ],
  maintainers: ["Ana"],
  incidents: [],
});

const Interview = z.object({
  candidate: z.string(),
  rating: z.number(),
  recommended: z.boolean(),
  quotes: z.array(z.string()),
  follow_up_questions: z.array(z.string()),
  overall_impression: z.string(),
  salary_expectation: z.int().optional(),
});

const interview = defineDocument("prose-with-quotes", Interview, {
  candidate: 'Robert "Bob" O\'Neill',
  rating: 4.5,
  recommended: true,
  quotes: [
    'When asked about tests he said "always", then laughed.',
    'His motto: "make it work" comes first.',
    "It's not the tool, it's the team.",
  ],
  follow_up_questions: [
    'Why did the project "Phoenix" end?',
    "Could he start in May, or is June more likely?",
    "Does he know what we mean by “done”?",
  ],
  overall_impression:
    'Calm and precise. He called our legacy code "interesting" (his word), asked what "P0" means, and wouldn\'t guess when he didn\'t know.\nThe panel\'s verdict: "yes", with one abstention.',
  salary_expectation: 72000,
});

/** What breaks readers: code, paths, HTML, and strings that look like wrapping, comments or other members. */
export const hardDocuments = [codeAnswer, windowsSetup, page, tricky, service, interview] as const;
