export const AGENT_FILES: Readonly<Record<string, string>> = {};
