import type { Design } from "../../actions/write-design.ts";
import type { Prd } from "../../actions/write-prd.ts";
import type { Tasks } from "../../actions/write-tasks.ts";
import type { ChatMessage } from "../../src/llm/provider.ts";

/** A tiny project as a model would answer for it: two modules and a program that uses both. */
export const idea = "write a greeter for the command line in python";

export const prd: Prd = {
  language: "English",
  programming_language: "Python",
  original_requirements: idea,
  project_name: "greeter",
  product_goals: ["Greet anybody by name"],
  user_stories: ["As a user, I want to be greeted by name so that I feel welcome."],
  competitors: [
    { name: "cowsay", strengths: "Funny", weaknesses: "A cow", x: 0.8, y: 0.4 },
    { name: "greeter", strengths: "Polite", weaknesses: "New", x: 0.2, y: 0.9 },
  ],
  requirement_analysis: "Small; the name may be missing.",
  requirement_pool: [
    { priority: "P0", text: "Print a greeting with the name given" },
    { priority: "P1", text: "Greet the world when no name is given" },
  ],
  ui_design: "One command with one optional argument.",
  anything_unclear: "",
};

export const design: Design = {
  implementation_approach: "Plain Python with the standard library.",
  files: [
    {
      path: "greeter/names.py",
      purpose: "Finds out whom to greet.",
      depends_on: [],
      exports: [
        {
          name: "name_from",
          kind: "function",
          signature: "name_from(args: list[str]) -> str",
          description: "The first argument, or world.",
        },
      ],
    },
    {
      path: "greeter/phrases.py",
      purpose: "Builds the greeting.",
      depends_on: [],
      exports: [
        {
          name: "greeting",
          kind: "function",
          signature: "greeting(name: str) -> str",
          description: "Hello and the name.",
        },
      ],
    },
    {
      path: "main.py",
      purpose: "Prints the greeting.",
      depends_on: ["greeter/names.py", "greeter/phrases.py"],
      exports: [],
    },
  ],
  classes: [{ name: "Greeting", attributes: ["name: str"], methods: ["text(): str"] }],
  relations: [],
  call_flow: [
    { from: "user", to: "main", message: "python main.py Ada" },
    { from: "main", to: "phrases", message: "greeting(name)" },
  ],
  entry_point: "main.py",
  run_command: "python3 main.py",
  build_command: "",
  test_command: "",
  anything_unclear: "",
};

export const tasks: Tasks = {
  required_packages: [],
  other_packages: [],
  tasks: [
    { path: "greeter/names.py", logic: "Return the first argument, or world.", depends_on: [] },
    { path: "greeter/phrases.py", logic: "Return Hello, NAME!", depends_on: [] },
    {
      path: "main.py",
      logic: "Print the greeting of the name.",
      depends_on: ["greeter/names.py", "greeter/phrases.py"],
    },
  ],
  shared_knowledge: "The greeting reads: Hello, NAME!",
  api_spec: "",
  anything_unclear: "",
};

export const code: Record<string, string> = {
  "greeter/names.py": 'def name_from(args):\n    return args[0] if args else "world"\n',
  "greeter/phrases.py": 'def greeting(name):\n    return f"Hello, {name}!"\n',
  "main.py":
    "import sys\n\nfrom greeter.names import name_from\nfrom greeter.phrases import greeting\n\nprint(greeting(name_from(sys.argv[1:])))\n",
};

/** What is asked, told from the words of the prompt alone, as a server sees it: `WriteCode/main.py`. */
export function questionOf(messages: readonly ChatMessage[]): string {
  const prompt = messages.find(({ role }) => role === "user")?.content ?? "";
  const file = /^# (Your file|The file under review): (\S+)$/m.exec(prompt);
  if (file) return `${file[1] === "Your file" ? "WriteCode" : "WriteCodeReview"}/${file[2]}`;
  const [, tested] = /^# The file under test: (\S+)$/m.exec(prompt) ?? [];
  if (tested) return `WriteTest/${tested}`;
  const [, edited] = /^## Your file: (\S+)$/m.exec(prompt) ?? [];
  if (edited) return `EditCode/${edited}`;
  if (prompt.includes("Is it a bug, or a new or changed requirement?")) return "ClassifyRequest";
  if (prompt.includes("bring the product requirements up to date")) return "RefinePRD";
  if (prompt.includes("Bring its design up to date")) return "RefineDesign";
  if (prompt.includes("its design was brought up to date")) return "RefineTasks";
  if (prompt.startsWith("Plan a change of an existing repository")) return "WriteCodePlanAndChange";
  if (prompt.includes("# A failure: ")) return "DebugError";
  if (prompt.startsWith("Write the product requirements")) return "WritePRD";
  if (prompt.startsWith("Design the system")) return "WriteDesign";
  if (prompt.startsWith("Break the design")) return "WriteTasks";
  if (prompt.includes("# All files")) return "SummarizeCode";
  throw new Error(`not a question of the company: ${prompt.slice(0, 200)}`);
}

/** The good answer to any question about the greeter. */
export function answerTo(messages: readonly ChatMessage[]): string {
  const question = questionOf(messages);
  const [action, ...path] = question.split("/");
  if (action === "WritePRD") return JSON.stringify(prd);
  if (action === "WriteDesign") return JSON.stringify(design);
  if (action === "WriteTasks") return JSON.stringify(tasks);
  if (action === "WriteCodeReview") return JSON.stringify({ comments: [], verdict: "LGTM" });
  if (action === "SummarizeCode") return JSON.stringify({ summary: "It greets.", todo: [] });
  if (action === "ClassifyRequest") return JSON.stringify({ kind: "requirement", why: "It is new." });
  if (action === "RefinePRD") return JSON.stringify({ product_goals: ["Greet politely"] });
  if (action === "RefineDesign") return JSON.stringify({ files: [], removed_files: [] });
  if (action === "RefineTasks") return JSON.stringify({ tasks: [polite] });
  if (action === "WriteCodePlanAndChange") return JSON.stringify({ cause: "", changes: [politely] });
  const file = path.join("/");
  if (action === "EditCode") return `\`\`\`python\n${code[file]?.replace("Hello", "Good day")}\`\`\``;
  return `\`\`\`python\n${action === "WriteTest" ? tests[file] : code[file]}\`\`\``;
}

/** What a change of the greeter comes to. */
const polite = { path: "greeter/phrases.py", logic: "Return Good day, NAME!", depends_on: [] };
const politely = { ...polite, action: "change", what: "Say Good day.", why: "It is politer." };

/** Tests of the greeter, by the file they test. */
export const tests: Record<string, string> = {
  "greeter/names.py":
    'import unittest\nfrom greeter.names import name_from\n\n\nclass Names(unittest.TestCase):\n    def test_default(self):\n        self.assertEqual(name_from([]), "world")\n',
  "greeter/phrases.py":
    'import unittest\nfrom greeter.phrases import greeting\n\n\nclass Phrases(unittest.TestCase):\n    def test_name(self):\n        self.assertIn("Ada", greeting("Ada"))\n',
};

/** The same, and good answers to what `doctor` and `ask` want to know. */
export function answerToAll(messages: readonly ChatMessage[]): string {
  const question = messages.at(-1)?.content ?? "";
  if (/single word/.test(question)) return "ok";
  if (/"ok"/.test(question)) return '{"ok":true}';
  return question.length < 100 ? "In a file." : answerTo(messages);
}
