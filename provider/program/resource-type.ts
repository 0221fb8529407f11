import * as pulumi from "@pulumi/pulumi";

/** Whether a value is a resource of a type, made by this copy of the package or by another. */
export function isOfType(value: unknown, type: string): boolean {
  return (
    pulumi.CustomResource.isInstance(value) &&
    // As in the classes that Pulumi generates. The SDK does not declare the property.
    "__pulumiType" in value &&
    value.__pulumiType === type
  );
}
