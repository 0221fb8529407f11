/**
 * Whether Pulumi's own program runs this one. With the Automation API, in tests and in tools, another one
 * does.
 */
export function isRunByPulumi(main = require.main?.filename): boolean {
  return main !== undefined && /@pulumi[\\/]pulumi[\\/]cmd[\\/]run\b/.test(main);
}
