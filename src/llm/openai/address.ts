/** The settings that say where a server is and who asks it. */
interface Address {
  readonly api_type?: string | undefined;
  readonly base_url: string;
  readonly model: string;
  readonly api_key?: string | undefined;
  readonly api_version?: string | undefined;
  readonly organization?: string | undefined;
  readonly project?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** What the paths of the API are added to, and every header that is sent there. */
export function addressOf(config: Address): {
  baseURL: string;
  defaultQuery?: Record<string, string>;
  headers: Record<string, string>;
} {
  const { api_key, api_version, organization, project } = config;
  const azure = /^azure/.test(config.api_type ?? "");
  const base = config.base_url.replace(/\/+$/, "").replace(/\/chat\/completions$/, "");
  const headers = {
    "content-type": "application/json",
    "user-agent": "metagpt",
    ...(api_key && (azure ? { "api-key": api_key } : { authorization: `Bearer ${api_key}` })),
    ...(organization && { "openai-organization": organization }),
    ...(project && { "openai-project": project }),
    ...config.headers,
  };
  if (!azure) return { baseURL: base, headers };
  const resource = base.replace(/\/openai(\/v1)?$/, "");
  if (!api_version) return { baseURL: `${resource}/openai/v1`, headers };
  const baseURL = `${resource}/openai/deployments/${encodeURIComponent(config.model)}`;
  return { baseURL, defaultQuery: { "api-version": api_version }, headers };
}
