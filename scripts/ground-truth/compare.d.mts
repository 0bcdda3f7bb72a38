export function differences(
  scenario: { readonly autocommit?: true; readonly results: Readonly<Record<string, object>> },
  measured: object,
  key: string,
): readonly string[] | undefined;
