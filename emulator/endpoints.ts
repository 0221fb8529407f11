export type Endpoint = "token" | "register" | "invoke";

/** The documentation writes both `/Register` and `/register`, so case does not matter. */
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
