import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { addressOf, probePage } from "../../../src/project/probe/page.ts";
import { chromiumPath } from "../../helpers/browser.ts";
import { tempFolder } from "../../helpers/temp.ts";

if (!chromiumPath) console.warn("SKIPPED: no Chromium on this machine (set CHROMIUM_PATH); no page is probed");

const canvas = `<!doctype html><title>Game</title><canvas id="c" width="400" height="300"></canvas><script>
  const pen = document.getElementById("c").getContext("2d");
  const box = (colour, x, y, width, height) => { pen.fillStyle = colour; pen.fillRect(x, y, width, height); };
  let paddle = 180, ball = 0;
  const draw = () => { box("#111", 0, 0, 400, 300); box("#0f0", paddle, 280, 60, 10); box("#fff", 100, ball, 8, 8); };
  const move = () => { ball = (ball + 2 + Math.random()) % 300; draw(); requestAnimationFrame(move); };
`;
const steer = `addEventListener("keydown", ({ key }) => { if (key === "ArrowLeft") paddle -= 20; draw(); });`;

interface Case {
  readonly html: string;
  readonly answer: object;
}

const cases: Readonly<Record<string, Case>> = {
  "a game that moves by itself and can be steered": {
    html: `${canvas} ${steer} move();</script>`,
    answer: { works: "yes", drawn: true, reacts: "yes", reaction: "the key ArrowLeft", errors: [], title: "Game" },
  },
  "a game that stands still until a key is pressed": {
    html: `${canvas} ${steer} draw();</script>`,
    answer: { works: "yes", reacts: "yes", reaction: "the key ArrowLeft", controls: { canvases: 1 } },
  },
  "a game that moves by the time that passes": {
    html: `${canvas} ${steer} let last = 0;
      requestAnimationFrame(function step(now) { ball = (ball + (now - last) / 9) % 300; last = now; draw(); requestAnimationFrame(step); });</script>`,
    answer: { works: "yes", reacts: "yes", reaction: "the key ArrowLeft" },
  },
  "a game that heeds nobody": {
    html: `${canvas} move();</script>`,
    answer: { works: "unclear", drawn: true, reacts: "moves by itself", reaction: "" },
  },
  "errors of the console, of scripts, of files, and of a click": {
    html: `<h1>Todo</h1><button onclick="add()">Add</button><script src="missing.js"></script><script>
console.error("storage is not ready"); document.getElementById("nope").textContent = "";</script>`,
    answer: {
      works: "no",
      errors: [
        expect.stringMatching(/^\S*missing\.js could not be loaded: net::ERR_FILE_NOT_FOUND$/),
        expect.stringMatching(/^storage is not ready \(\S*index\.html:2\)$/),
        expect.stringMatching(
          /^TypeError: Cannot set properties of null \(setting 'textContent'\) \(\S*index\.html:2:\d+\)$/,
        ),
        expect.stringMatching(/^ReferenceError: add is not defined \(\S*index\.html:1:\d+\)$/),
      ],
    },
  },
  "a blank page": {
    html: "<!doctype html><title>Nothing</title>",
    answer: { works: "no", drawn: false, text: "", title: "Nothing", why: "Nothing is to be seen on it." },
  },
  "buttons that only look alive": {
    html: `<style>button:hover { background: red } button:focus { outline: 9px solid blue }</style>
<h1>Count: 0</h1><button>Add one</button><button>Reset</button>`,
    answer: { works: "no", drawn: true, reacts: "no", errors: [], controls: { buttons: 2, inputs: 0 } },
  },
  "a form that nobody handles, sent by the browser itself": {
    html: `<h1>Search</h1><form><input name="q"><button>Go</button></form>`,
    answer: { works: "unclear", reacts: "no", errors: [] },
  },
  "a calculator, whose display is a field": {
    html: `<input id="d" readonly><button onclick="d.value += 7">7</button>`,
    answer: { works: "yes", reaction: 'click on "7"' },
  },
  "a board of cells that can be clicked": {
    html: `<style>td { width: 90px; height: 90px; cursor: pointer }</style><h1>Board</h1><table><tr><td><td></table>
<script>for (const cell of document.querySelectorAll("td")) cell.addEventListener("click", () => cell.textContent = "X")</script>`,
    answer: { works: "yes", reacts: "yes", controls: { buttons: 2 } },
  },
  "dialogs, which are accepted": {
    html: `<h1>Hi</h1><script>alert("welcome")</script><button onclick="if (confirm('sure?')) prompt('name?')">Ask</button>`,
    answer: {
      works: "yes",
      dialogs: ["alert: welcome", "confirm: sure?", "prompt: name?"],
      reaction: 'click on "Ask"',
    },
  },
  "a button that leads on through several documents": {
    html: `<h1>Steps</h1><button onclick="location.search = '?1'">Go</button><script>
      const step = Number(location.search.slice(1)); document.querySelector("h1").append(step);
      if (step > 0 && step < 12) setTimeout(() => { location.search = "?" + (step + 1); }, step * 7);</script>`,
    answer: { works: "yes", reaction: 'click on "Go"', errors: [] },
  },
  "a list in Chinese": {
    html: `<meta charset="utf-8"><title>待办事项</title><h1>我的待办</h1><input id="i"><button onclick="l.innerHTML += '<li>' + i.value">添加</button><ul id="l"></ul>`,
    answer: { works: "yes", title: "待办事项", text: "我的待办\n添加", reaction: 'click on "添加"' },
  },
  "a page that lives on a library of elsewhere": {
    html: `<h1>Space</h1><script src="https://cdn.example.com/three.js"></script><script>new THREE.Scene()</script>`,
    answer: { works: "unclear", unreached: ["https://cdn.example.com/three.js"] },
  },
};

describe.skipIf(!chromiumPath)("a page opened from disk", { timeout: 60_000 }, () => {
  const open = (html: string, seconds = 40) => {
    const file = join(tempFolder(), "index.html");
    writeFileSync(file, html);
    return probePage({ url: addressOf(file), chromium: chromiumPath ?? "", seconds });
  };

  it.each(Object.entries(cases))("%s", async (_, { html, answer }) => {
    expect(await open(html)).toMatchObject(answer);
  });

  it("that does not come back is given up, and what was seen before is kept", async () => {
    const answer = await open(`<title>Loop</title><h1>Loop</h1><button onclick="for (;;);">Go</button>`, 10);
    expect(answer).toMatchObject({ works: "no", title: "Loop", text: "Loop\nGo", drawn: true });
    expect(answer.errors).toEqual(["It stopped answering, as in an endless loop."]);
  });

  it("that is not there", async () => {
    const answer = await probePage({ url: addressOf("no/such/page.html"), chromium: chromiumPath ?? "" });
    expect(answer).toMatchObject({ works: "no", drawn: false });
    expect(answer.errors[0]).toMatch(/^It could not be opened: .*ERR_FILE_NOT_FOUND/);
  });
});

it("without a browser that starts, nothing is said against the page", async () => {
  const answer = await probePage({ url: addressOf("index.html"), chromium: "/no/such/browser" });
  expect(answer).toMatchObject({ works: "unclear", reacts: "not tried", errors: [] });
  expect(answer.why).toMatch(/^No browser could be started: /);
});
