import type { SpanCase } from "./case.ts";
import { Item, Listing, Note, Review, Text, Ticket } from "./shapes.ts";

/** Where a repair must point to. */
export const spans: SpanCase[] = [
  ["a trailing comma", Item, '{"name": "蛇", "count": 3 , }', "comma", ","],
  ["a trailing comma of a list", Listing, '{"count": 1, "files": ["蛇.py" , ]}', "comma", ","],
  ["a block comment", Item, '{"name": "蛇", /* 名称 */ "count": 3}', "comment", "/* 名称 */"],
  ["a line comment", Item, '{"name": "蛇", // 名称: "x"\n"count": 3}', "comment", '// 名称: "x'],
  ["a hash comment", Item, '{"name": "蛇", # 名称\n"count": 3}', "comment", "# 名称"],
  ["a key's case", Note, '{"Title": "蛇", "body": "好"}', "key-case", "Title"],
  ["a key's case, behind prose", Note, 'The Title is below.\n{"Title": "蛇", "body": "好"}', "key-case", "Title"],
  ["a key's case without quotes", Note, '{Title: "蛇", "body": "好"}', "key-case", "Title"],
  ["a literal of Python", Review, '{"approved": True, "score": 8, "comment": "好"}', "literal", "True"],
  ["a full-width colon", Text, '{"text"： "一：二"}', "punctuation", "："],
  ["an ellipsis", Listing, '{"count": 1, "files": ["蛇.py", ...]}', "ellipsis", "..."],
  ["a text for a boolean", Review, '{"approved": "yes", "score": 8, "comment": "好"}', "boolean", "yes"],
  ["a text for a number", Item, '{"name": "12", "count": "12"}', "number", "12"],
  ["a choice's case", Ticket, '{"title": "p0", "level": "p0"}', "enum", "p0"],
  ["an unquoted key", Item, '{"name": "蛇", count: 3}', "unquoted", "count"],
  ["reasoning", Text, '<think>想 {"a": 1}</think>{"text": "一"}', "reasoning", '<think>想 {"a": 1}</think>'],
];
