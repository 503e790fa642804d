import { chmod, link, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DiskError } from "../src/errors.ts";
import { createRunFolder, openProject, writeFiles, writeRunFile } from "../src/workspace.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "workspace-"));
});

afterEach(() => rm(root, { recursive: true, force: true }));

/** Every file below a folder with its text. */
async function tree(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(
      files.sort().map(async (file) => [file.slice(folder.length + 1), await readFile(file, "utf8")] as const),
    ),
  );
}

/** Opens a project as a run does, with a folder prepared beside the workspace; `told` hears the places. */
async function open(workspace: string, name: string, told: string[] = []) {
  const prepared = join(await mkdtemp(join(root, ".prepared-")), "project");
  await mkdir(join(prepared, ".git"), { recursive: true });
  return openProject(workspace, name, { prepared, tell: async (project) => told.push(project.name) });
}

describe("openProject", () => {
  it("creates the folder, and the workspace around it", async () => {
    const workspace = join(root, "a", "b");
    expect(await open(workspace, "snake_game")).toEqual({
      folder: join(workspace, "snake_game"),
      name: "snake_game",
    });
    expect(await readdir(workspace)).toEqual(["snake_game"]);
  });

  it("never touches what exists: a folder, a file, a link to nowhere", async () => {
    await mkdir(join(root, "game"));
    await writeFile(join(root, "game", "mine.txt"), "mine");
    await writeFile(join(root, "game-2"), "a file");
    await symlink(join(root, "nowhere"), join(root, "game-3"));
    const told: string[] = [];
    expect((await open(root, "game", told)).name).toBe("game-4");
    expect(told).toEqual(["game-4"]);
    expect(await tree(root)).toEqual({ "game/mine.txt": "mine", "game-2": "a file" });
  });

  it("takes the next name where somebody else was faster, and tells it anew", async () => {
    const prepared = join(root, ".prepared");
    await mkdir(join(prepared, ".git"), { recursive: true });
    const told: string[] = [];
    const tell = async (project: { name: string }) => {
      if (told.push(project.name) === 1) await mkdir(join(root, "game", "theirs"), { recursive: true });
    };
    expect((await openProject(root, "game", { prepared, tell })).name).toBe("game-2");
    expect([told, await readdir(join(root, "game")), await readdir(join(root, "game-2"))]).toEqual([
      ["game", "game-2"],
      ["theirs"],
      [".git"],
    ]);
  });

  it("gives every one of several at once its own folder", async () => {
    const opened = await Promise.all(["game", "game", "game"].map((name) => open(root, name)));
    expect(opened.map(({ name }) => name).sort()).toEqual(["game", "game-2", "game-3"]);
  });

  it.each([
    ["../escape", "escape"],
    ["/etc", "etc"],
    ["con", "project_con"],
    ["写一个2048小游戏", "project_2048"],
  ])("takes %j as %s", async (raw, name) => {
    expect(await open(root, raw)).toEqual({ folder: join(root, name), name });
  });

  it("says what is wrong with the workspace", async () => {
    await writeFile(join(root, "file"), "");
    const opening = open(join(root, "file", "workspace"), "game");
    await expect(opening).rejects.toThrow(
      `Cannot create the workspace ${join(root, "file", "workspace")}: a part of the path is a file (ENOTDIR).`,
    );
    await expect(opening).rejects.toBeInstanceOf(DiskError);
  });
});

describe("writeFiles", () => {
  it("writes new files and replaces old ones", async () => {
    await writeFiles(root, { "src/lib/a.js": "old", "b.js": "b" });
    expect(await writeFiles(root, { "src/lib/a.js": "neu ü", "src/c.js": "" })).toEqual({
      written: ["src/lib/a.js", "src/c.js"],
      warnings: [],
    });
    expect(await tree(root)).toEqual({ "b.js": "b", "src/c.js": "", "src/lib/a.js": "neu ü" });
  });

  it("leaves ordinary readable files", async () => {
    const before = process.umask(0o022);
    try {
      await writeFiles(root, { "a.js": "a" });
    } finally {
      process.umask(before);
    }
    expect((await stat(join(root, "a.js"))).mode & 0o777).toBe(0o644);
  });

  it("puts a new file in the place of the old one instead of changing it", async () => {
    await writeFiles(root, { "a.js": "old" });
    await link(join(root, "a.js"), join(root, "kept"));
    await writeFiles(root, { "a.js": "new" });
    expect(await tree(root)).toEqual({ "a.js": "new", kept: "old" });
  });

  it("says how it understood a path, and leaves out those it refuses", async () => {
    expect(
      await writeFiles(root, {
        "./src/a.js": "a",
        "/etc/passwd": "p",
        "../outside-of-the-project.js": "x",
        "C:\\x": "x",
        "\\\\host\\share": "x",
        ".git/hooks/pre-commit": "x",
        "nul.txt": "x",
        "src/A.js": "x",
        "src/a.js": "twice",
        "src/a.js/b.js": "x",
        "a\u0000b": "x",
      }),
    ).toEqual({
      written: ["src/a.js", "etc/passwd"],
      warnings: [
        '"./src/a.js" is written as src/a.js.',
        '"/etc/passwd" is written as etc/passwd.',
        'A file was not written: "../outside-of-the-project.js" leaves the project.',
        'A file was not written: "C:\\\\x" starts with a drive letter.',
        'A file was not written: "\\\\\\\\host\\\\share" is a network path.',
        'A file was not written: ".git/hooks/pre-commit" is inside .git.',
        'A file was not written: "nul.txt" has a name that Windows reserves for a device.',
        'A file was not written: "a\\u0000b" has invisible or control characters.',
        'A file was not written: "src/A.js" differs only in case from src/a.js.',
        'A file was not written: "src/a.js" is listed twice.',
        'A file was not written: "src/a.js/b.js" is inside src/a.js, which is a file.',
      ],
    });
    expect(await tree(root)).toEqual({ "etc/passwd": "p", "src/a.js": "a" });
    expect(await readdir(join(root, ".."))).not.toContain("outside-of-the-project.js");
  });

  it("follows no link out of the project", async () => {
    const project = join(root, "project");
    const outside = join(root, "outside");
    await mkdir(project);
    await mkdir(outside);
    await writeFile(join(outside, "a.js"), "untouched");
    await symlink(outside, join(project, "folder"));
    await symlink(join(outside, "a.js"), join(project, "a.js"));
    await symlink(join(outside, "new.js"), join(project, "new.js"));
    expect(await writeFiles(project, { "folder/a.js": "x", "folder/b/c.js": "x", "a.js": "x", "new.js": "x" })).toEqual(
      {
        written: [],
        warnings: [
          "A file was not written: folder/a.js leads through the link folder.",
          "A file was not written: folder/b/c.js leads through the link folder.",
          "A file was not written: a.js leads through the link a.js.",
          "A file was not written: new.js leads through the link new.js.",
        ],
      },
    );
    expect(await tree(outside)).toEqual({ "a.js": "untouched" });
  });

  it("does not write over what differs only in case, is a folder, or is a file where a folder is needed", async () => {
    await writeFiles(root, { "src/Game.js": "old", "lib/x.js": "x", notes: "n" });
    expect(
      await writeFiles(root, {
        "src/game.js": "new",
        "Lib/y.js": "y",
        "notes/z.js": "z",
        lib: "a file",
        "ok.js": "ok",
      }),
    ).toEqual({
      written: ["ok.js"],
      warnings: [
        'A file was not written: "lib" differs only in case from Lib/y.js.',
        "A file was not written: src/game.js differs only in case from the existing Game.js.",
        "A file was not written: Lib/y.js differs only in case from the existing lib.",
        "A file was not written: notes/z.js needs the folder notes, which is a file.",
      ],
    });
    expect((await writeFiles(root, { lib: "a file" })).warnings).toEqual([
      "A file was not written: lib exists and is not a file.",
    ]);
    expect(await tree(root)).toEqual({ "lib/x.js": "x", notes: "n", "ok.js": "ok", "src/Game.js": "old" });
  });

  it("names the file and the reason when the disk fails, and leaves nothing half written", async () => {
    const gone = join(root, "gone");
    await expect(writeFiles(gone, { "src/a.js": "a" })).rejects.toMatchObject({
      name: "DiskError",
      exitCode: 74,
      message: `Cannot write src/a.js in ${gone}: a folder of the path is gone (ENOENT).`,
      hint: "Something else removed it; run again.",
    });
  });

  it.skipIf(process.platform === "win32")("says when it may not write, and leaves nothing behind", async () => {
    await chmod(root, 0o555);
    const administrator = process.geteuid?.() === 0;
    if (administrator) process.seteuid?.(65534);
    try {
      await expect(writeFiles(root, { "a.js": "a" })).rejects.toMatchObject({
        message: `Cannot write a.js in ${root}: permission denied (EACCES).`,
        hint: "Make the folder writable, or choose another with --workspace.",
      });
    } finally {
      if (administrator) process.seteuid?.(0);
      await chmod(root, 0o755);
    }
    expect(await readdir(root)).toEqual([]);
  });
});

describe("run folder", () => {
  it("is made below .runs, once", async () => {
    const folder = await createRunFolder(root, "20250102-030405-abc");
    expect(folder).toBe(join(root, ".runs", "20250102-030405-abc"));
    await expect(createRunFolder(root, "20250102-030405-abc")).rejects.toThrow(
      `The run folder ${folder} exists already.`,
    );
  });

  it("keeps files under names made from keys, inside itself whatever its id is", async () => {
    const folder = await createRunFolder(root, "../1");
    expect(folder.startsWith(join(root, ".runs", "_"))).toBe(true);
    expect(await writeRunFile(folder, "WriteCode/src/a.js/1.1.txt", "answer")).toBe("WriteCode+src+a.js+1.1.txt");
    expect(await tree(folder)).toEqual({ "WriteCode+src+a.js+1.1.txt": "answer" });
  });

  it("gives different keys different files that stay inside", async () => {
    const folder = await createRunFolder(root, "1");
    const keys = [
      "a/b",
      "a+b",
      "a b",
      "a_b",
      "../../x",
      ".",
      "..",
      "",
      "说",
      "明",
      "x".repeat(300),
      `${"x".repeat(300)}y`,
    ];
    const names = await Promise.all(keys.map((key) => writeRunFile(folder, key, key)));
    expect(await tree(folder)).toEqual(Object.fromEntries(names.map((name, index) => [name, keys[index]])));
    expect(new Set(names).size).toBe(keys.length);
  });
});
