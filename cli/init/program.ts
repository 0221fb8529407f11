import type { Declaration, HeaderDeclaration } from "./declarations";

/** The program that declares these registrations, as TypeScript that Node.js runs without a compiler. */
export function programOf(declarations: readonly Declaration[]): string {
  const headers = declarations.flatMap((declaration) => declaration.headers);
  const usesConfig =
    headers.length > 0 || declarations.some(({ endpoint }) => endpoint && "key" in endpoint);
  const names = headers.some(({ bearer }) => bearer) ? "bearer, VccProvider" : "VccProvider";
  return `${[
    ...(usesConfig ? ['import * as pulumi from "@pulumi/pulumi";'] : []),
    `import { ${names} } from "pulumi-vcc";`,
    ...(usesConfig ? ["", "const config = new pulumi.Config();"] : []),
    ...declarations.flatMap((declaration) => ["", ...declarationLines(declaration)]),
  ].join("\n")}\n`;
}

function declarationLines(declaration: Declaration): string[] {
  const { resource, provider, endpoint, headers, permissions } = declaration;
  const permissionList = Object.entries(permissions).map(([name, value]) => `${name}: ${value}`);
  return [
    `new VccProvider(${JSON.stringify(resource)}, {`,
    `  provider: ${JSON.stringify(provider)},`,
    ...(endpoint === undefined
      ? []
      : [
          `  endpoint: ${"key" in endpoint ? secret(endpoint.key) : JSON.stringify(endpoint.url)},`,
        ]),
    ...(headers.length === 0 ? [] : ["  headers: {", ...headers.map(headerLine), "  },"]),
    `  agentActionsPermitted: {${permissionList.length > 0 ? ` ${permissionList.join(", ")} ` : ""}},`,
    "});",
  ];
}

function headerLine({ name, key, bearer }: HeaderDeclaration): string {
  const property = /^[A-Za-z]+$/.test(name) ? name : JSON.stringify(name);
  return `    ${property}: ${bearer ? `bearer(${secret(key)})` : secret(key)},`;
}

function secret(key: string): string {
  return `config.requireSecret(${JSON.stringify(key)})`;
}
