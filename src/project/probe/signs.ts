/** What the output of a program shows about how it went. */
export interface Signs {
  /** The line that says most about a crash or a build that failed; empty if neither is to be seen. */
  readonly trace: string;
  /** It asked something, and nobody was there to answer. */
  readonly wantsInput: boolean;
  /** What is missing on this machine, such as "a display"; empty if nothing is. */
  readonly wants: string;
  /** It says how it is called. */
  readonly usage: boolean;
  /** The program that the shell did not find. */
  readonly notFound: string;
}

/** Reads an output of a few thousand characters; whatever it holds, the time is short. */
export function readSigns(output: string): Signs {
  const lines = output.split("\n").map((line) => line.slice(0, 1000));
  const any = (pattern: RegExp) => lines.some((line) => pattern.test(line));
  const notFound = lines.map((line) => notFounds.map((pattern) => pattern.exec(line)?.[1]).find(Boolean)).find(Boolean);
  return {
    trace: traceOf(lines),
    wantsInput: inputEnded.some(any),
    wants: missing.find(([, pattern]) => any(pattern))?.[0] ?? "",
    usage: usages.some(any),
    notFound: notFound ?? "",
  };
}

function traceOf(lines: readonly string[]): string {
  for (const { mark, says } of crashes) {
    const at = lines.findIndex((line) => mark.test(line));
    if (at < 0) continue;
    const telling = says === "next" ? lines[at + 1] : says && lines.findLast((line) => says.test(line));
    return telling?.trim() || (lines[at]?.trim() ?? "");
  }
  return "";
}

/** How a crash looks, and which line tells it: the last one of this kind, or the one after the mark. */
const crashes: readonly { readonly mark: RegExp; readonly says?: RegExp | "next" }[] = [
  // Python
  {
    mark: /Traceback \(most recent call last\):/,
    says: /^[A-Za-z_][\w.]*(?:Error|Exception|Exit|Interrupt)\b|^[A-Za-z_]\w*\.[\w.]+(?::|$)/,
  },
  { mark: /^\s*(?:SyntaxError|IndentationError|TabError): / },
  { mark: /^\S*python[\d.]*(?:\.exe)?: (?:can't open file|No module named|Error while finding module)/ },
  // Rust
  { mark: /^thread '[^']*' (?:\(\d+\) )?panicked at '/ },
  { mark: /^thread '[^']*' (?:\(\d+\) )?panicked at /, says: "next" },
  { mark: /^error\[E\d+\]: / },
  { mark: /^error: could not compile / },
  // Go
  { mark: /(?:^|[:>?] ?)panic: / },
  { mark: /^fatal error: (?!.*No such file)/ },
  { mark: /^[\w./\\-]+\.go:\d+:\d+: / },
  { mark: /^go: (?!downloading|finding|added|upgraded|extracting|creating|to add)/ },
  // Java and Kotlin
  { mark: /Exception in thread "/, says: /^Caused by: |Exception in thread "/ },
  {
    mark: /^\s+at [\w$.<>/@]+\((?:[\w$]+\.(?:java|kt|scala)(?::\d+)?|Native Method|Unknown Source)\)/,
    says: /^[\w.$]+(?:Error|Exception)\b/,
  },
  { mark: /^\S+\.(?:java|kts?):\d+:(?:\d+:)? error: / },
  { mark: /^Error: (?:Could not find or load main class|Unable to access jarfile|Main method not found)/ },
  // .NET
  { mark: /^Unhandled exception\. / },
  { mark: /error CS\d{4}: / },
  // JavaScript and TypeScript
  {
    mark: /^\s+at .{0,500}:\d+:\d+\)?$/,
    says: /^(?:Uncaught )?(?:\(in promise\) )?[\w$.]*(?:Error|Exception)(?: \[\w+\])?:/,
  },
  { mark: /^(?:error: )?Uncaught / },
  { mark: /^Node\.js v\d+\./, says: /^[\w$.]*Error\b/ },
  { mark: /error TS\d{3,5}: / },
  { mark: /^npm (?:ERR!|error) (?:Missing script|missing script|code E)/ },
  { mark: /JavaScript heap out of memory/ },
  // Ruby
  { mark: /\((?:\w+::)*\w*(?:Error|Exception|Interrupt)\)$/ },
  { mark: /^\S+\.rb:\d+: syntax error/ },
  // PHP
  { mark: /^(?:PHP )?(?:Fatal|Parse) error: / },
  // C, C++, Swift
  { mark: /^\S+\.(?:c|cc|cpp|cxx|h|hpp|m|swift):\d+:(?:\d+:)? (?:fatal )?error: / },
  { mark: /undefined reference to |^Undefined symbols for architecture/ },
  { mark: /\b(?:Segmentation fault|Bus error|Floating point exception|Illegal instruction)\b/ },
  { mark: /^Aborted(?: \(core dumped\))?$/ },
  { mark: /^(?:terminate called|libc\+\+abi: terminating)/, says: /^\s+what\(\): / },
  { mark: /\*\*\* (?:stack smashing|buffer overflow) detected/ },
  { mark: /^(?:free|malloc|realloc)\(\): |^double free or corruption|ERROR: \w+Sanitizer/ },
  { mark: /: Assertion .{1,300} failed\.$/ },
  { mark: /(?:^|: )Fatal error: / },
  // Lua, Perl, Dart, Elixir, Haskell, R, the shell
  { mark: /^lua\S*: \S+:\d+: / },
  { mark: / at \S+\.p[lm] line \d+\.$/ },
  { mark: /^Unhandled exception:/, says: "next" },
  { mark: /^\*\* \((?:\w+\.)*\w+\) / },
  { mark: /^CallStack \(from HasCallStack\)/ },
  { mark: /^Execution halted$/, says: /^Error\b/ },
  { mark: /^\S+: (?:line )?\d+: [Ss]yntax error/ },
];

const inputEnded = [
  /\bEOFError\b/,
  /EOF when reading a line/,
  /java\.util\.NoSuchElementException(?:$|: No line found)/,
  /ReadAfterEOFException/,
  /ERR_USE_AFTER_CLOSE|readline was closed/i,
  /^panic: (?:EOF|unexpected newline)/,
  /\b(?:read|reading|scan|scanning)\b.{0,60}\b(?:EOF|unexpected newline)$/i,
  /^(?:error:? ?)?EOF$/i,
  /\bUnexpectedEof\b|ParseIntError \{ kind: Empty \}|ParseFloatError \{ kind: Empty \}/,
  /end of file reached|[gG]etLine: end of file/,
  /undefined method [`'](?:chomp|strip|to_i|to_f|split|downcase|upcase)' for nil/,
  /ExitPromptError|force closed the prompt/i,
  /Value cannot be null\. \(Parameter 's'\)/,
  /^Aborted!$/,
];

const missing: readonly (readonly [what: string, pattern: RegExp])[] = [
  [
    "a display",
    /\$?\bDISPLAY\b.{0,60}\b(?:set|missing|variable)|no display|(?:cannot|can't|unable to|could not|couldn't|failed to) (?:open|connect to|initialize|find) (?:X |the |a |any )?(?:display|window server)|HeadlessException|No available video device|video system not initialized|NoSuchDisplayException|qt\.qpa\.|no Qt platform plugin|Gtk couldn't be initialized|(?:GLFW|SDL|Glut|EGL)\w{0,20}:?.{0,60}(?:fail|not be initiali|not initiali|error)/i,
  ],
  [
    "a terminal",
    /setupterm|_curses\.error|Error opening terminal|TERM environment variable|is not a (?:tty|terminal)\b|not a tty\b|Inappropriate ioctl for device|termios\.error|setRawMode is not a function|Raw mode is not supported|cbreak\(\) returned ERR/i,
  ],
  ["a sound device", /^ALSA lib|No available audio device|PortAudioError|Error querying device|cannot find card/i],
  [
    "a camera",
    /VIDEOIO ERROR|camera index out of range|(?:cannot|can't|could not|failed to) open (?:the )?(?:camera|webcam)/i,
  ],
  ["a device", /\/dev\/(?:tty(?:USB|ACM|AMA)|i2c|spidev|gpio)|can only be run on a Raspberry Pi|could not open port/i],
  [
    "the network",
    /\bENOTFOUND\b|\bEAI_AGAIN\b|\bENETUNREACH\b|name resolution|Name or service not known|No address associated with hostname|Network is unreachable|Could not resolve host|UnknownHostException|no such host|dial tcp: lookup/i,
  ],
  [
    "another server, such as a database",
    /\bECONNREFUSED\b|Connection refused|ConnectionRefusedError|MongoNetworkError|MongooseServerSelectionError/i,
  ],
  [
    "a key",
    /\b(?:api[_ -]?key|access[_ -]?token)\b.{0,60}\b(?:missing|required|not set|not found|must be set)\b|(?:missing|set|no) (?:the |your |an? )?\w{0,40}_?API_KEY\b/i,
  ],
];

const usages = [
  /^\s*usage\b|\busage: /i,
  /用法|使用方法|使い方|사용법/,
  /^\s*(?:uso|utilisation|verwendung|aufruf|использование)\s*:/i,
  /^(?:commands|options|arguments|positional arguments|subcommands)\s*:\s*$/i,
  /the following (?:required )?arguments (?:are required|were not provided)/i,
  /missing (?:required )?(?:argument|option|command)|requires a subcommand|no command (?:given|specified)/i,
  /缺少.{0,6}参数|请(?:提供|指定)/,
];

const notFounds = [
  /^(?:\/bin\/)?(?:ba|da|z)?sh: (?:line )?(?:\d+: )?([\w.+-]{1,40}): (?:command )?not found$/,
  /^zsh: command not found: ([\w.+-]{1,40})$/,
  /^'([\w.+-]{1,40})' is not recognized as an internal or external command/,
  /^(?:\/usr\/bin\/)?env: [‘'"]?([\w.+-]{1,40})[’'"]?: No such file or directory$/,
];
