/** Takes a developer's own keys, proxies and settings out of the environment before any test runs. */
const foreign =
  /^(METAGPT_|OPENAI_|ANTHROPIC_|OLLAMA_|DEEPSEEK_|DASHSCOPE_|ZHIPUAI_|MOONSHOT_|GROQ_|.*_API_KEY$|HTTPS?_PROXY$|ALL_PROXY$|GIT_)/i;

for (const name of Object.keys(process.env)) if (foreign.test(name)) delete process.env[name];
