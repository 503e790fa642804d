import { expect, it } from "vitest";
import { commandsIn } from "../../../../src/project/checks/commands/readme.ts";

it("shows the commands of shell blocks and the scripts that its text names", () => {
  const readme = [
    "# Game",
    "```sh",
    "$ npm install   # once",
    "npm start",
    "```",
    "Then `npm run dev`, or `rm -rf node_modules`.",
    "```js",
    "node.run()",
    "```",
    "```",
    "src/",
    "├── main.js",
    "```",
    "~~~console",
    "> python main.py",
    "~~~",
  ];
  expect(commandsIn(readme.join("\r\n"))).toEqual([
    { line: 3, command: "npm install" },
    { line: 4, command: "npm start" },
    { line: 6, command: "npm run dev" },
    { line: 11, command: "src/" },
    { line: 15, command: "python main.py" },
  ]);
});
