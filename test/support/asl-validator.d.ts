/** The part of asl-validator that the tests use; the package comes without types. */
declare module 'asl-validator' {
  export default function validate(
    definition: unknown,
    options?: { readonly checkArn?: boolean; readonly checkPaths?: boolean },
  ): { readonly isValid: boolean; errorsText(separator?: string): string };
}
