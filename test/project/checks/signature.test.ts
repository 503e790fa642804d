import { describe, expect, it } from "vitest";
import { arityOf } from "../../../src/project/checks/signature.ts";
import type { SourceLanguage } from "../../../src/project/code/source.ts";

describe("arityOf", () => {
  it.each<[SourceLanguage, string, string, string]>([
    ["javascript", "f", "f()", "0"],
    ["javascript", "f", "f(a, b = 1, c)", "2-3"],
    ["javascript", "f", "(a, b) => void", "2"],
    ["javascript", "f", "async (a) => Promise<void>", "1"],
    ["javascript", "f", "function f({ a, b }, [c, d] = [1, 2])", "1-2"],
    ["javascript", "f", "f(a, ...rest)", "1-"],
    ["javascript", "move", 'game.move(direction: "up" | "down"): boolean', "1"],
    ["javascript", "Game", "new Game(random: () => number = Math.random)", "0-1"],
    ["javascript", "Game", "class Game { constructor(size) }", "1"],
    ["javascript", "f", "`f(a, b)`", "2"],
    ["javascript", "f", "f(text: string, options?: { a: number, b: number }): void", "1-2"],
    ["javascript", "f", 'f(separator = ",", end = ")")', "0-2"],
    ["typescript", "f", "f<K, V>(map: Map<K, V>, callback: (key: K, value: V) => void): V[]", "2"],
    ["typescript", "Cache", "constructor(private readonly limit: number, ttl?: number)", "1-2"],
    ["python", "f", "def f(a: int, *, b: str | None = None) -> str", "1-2"],
    ["python", "f", "f(self, a, /, b=1)", "1-2"],
    ["python", "f", "f(cls, data: dict[str, int])", "1"],
    ["python", "f", "f(*args, **kwargs)", "0-"],
    ["python", "Timer", "class Timer: __init__(self, seconds)", "1"],
    ["go", "Load", "func Load(path string) ([]Task, error)", "1"],
    ["go", "Set", "func (g *Grid) Set(x, y int, alive bool)", "3"],
    ["go", "Add", "(s *Store) Add(ctx context.Context, tags ...string) error", "1-"],
    ["rust", "new", "pub fn new(size: usize) -> Self", "1"],
    ["rust", "set", "fn set(&mut self, x: usize, cell: Cell) -> Result<(), Error>", "2"],
    ["rust", "name", "fn name<'a>(&'a self) -> &'a str", "0"],
    ["java", "find", "List<Book> find(String words, final Map<String, Integer> limits)", "2"],
    ["c", "main", "int main(int argc, char *argv[])", "2"],
    ["c", "f", "int f(void)", "0"],
    ["cpp", "add", "void add(const std::vector<int> &numbers, int times = 1)", "1-2"],
    ["csharp", "Add", "void Add(string text, DateTime? at = null)", "1-2"],
  ])("%s: %s of %j takes %s", (language, name, signature, expected) => {
    const arity = arityOf(signature, name, language);
    const { least, most } = arity ?? { least: Number.NaN, most: undefined };
    expect(least === most ? `${least}` : `${least}-${most ?? ""}`).toBe(expected);
  });

  it.each<[SourceLanguage, string, string]>([
    ["javascript", "f", "game.score: number"],
    ["javascript", "f", "f(a) | f(a, b)"],
    ["javascript", "f", "f(a, ...)"],
    ["javascript", "f", "f(options, etc.)"],
    ["javascript", "f", "f(the name of the player)"],
    ["javascript", "f", "f(a, b"],
    ["javascript", "f", "f(a[, b])"],
    ["python", "Task", "@dataclass class Task: number: int; text: str"],
    ["java", "f", "f(words, limit)"],
    ["ruby", "f", "f(a, b)"],
    ["javascript", "f", `f(${"{".repeat(900)}`],
    ["javascript", "f", `f(${"a, ".repeat(500)}b)`],
  ])("%s: %s of %j is unclear", (language, name, signature) => {
    expect(arityOf(signature, name, language)).toBeUndefined();
  });
});
