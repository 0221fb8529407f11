/** An endpoint of VCC that the emulator has. */
export type Endpoint = "token" | "register" | "invoke";

/** Ignores case: the documentation uses both `/Register` and `/register`. */
export function endpointOf(path: string): Endpoint | undefined {
  switch (path.toLowerCase()) {
    case "/auth/connect/token":
      return "token";
    case "/interactions/register":
      return "register";
    case "/interactions/invoke":
      return "invoke";
    default:
      return undefined;
  }
}
