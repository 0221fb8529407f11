import type { Connection } from "../vcc/register-client";
import { findUpwards, projectFiles } from "./project-directory";
import type { SettingSources } from "./setting-sources";
import { loadSettings } from "./setting-types";
import type { Region } from "./settings";

/** How to reach one VCC account, and what applies to all of its registrations. */
export interface AccountConnection extends Connection {
  region: Region;
  /** Of the witnesses that a refresh asks. */
  witnessToken?: string | undefined;
  /** For registrations that do not set `reassertEvery`. */
  reassertEvery?: string | undefined;
}

/**
 * Loads everything about an account except its credentials, which previews do not need.
 *
 * @throws ConfigurationError that names all problems
 */
export function loadConnection(sources: SettingSources): AccountConnection {
  const { deadline, caFile, ...connection } = loadSettings(sources, [
    "region",
    "apiUrl",
    "authUrl",
    "clientAuthentication",
    "maxConcurrency",
    "deadline",
    "caFile",
    "witnessToken",
    "reassertEvery",
  ]);
  return {
    ...connection,
    totalTimeoutMs: deadline,
    ...(caFile !== undefined && {
      caFile: {
        name: caFile,
        // The working directory of a provider process is that of the program.
        directory: findUpwards(process.cwd(), projectFiles) ?? process.cwd(),
        label: sources.label("caFile"),
      },
    }),
  };
}
