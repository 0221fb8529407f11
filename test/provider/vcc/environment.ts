const names = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"];

/** Unsets the variables before each test, and restores them after all. */
export function withoutProxyVariables(): void {
  const before = names.map((name) => [name, process.env[name]] as const);
  beforeEach(() => {
    for (const name of names) delete process.env[name];
  });
  afterAll(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
}
