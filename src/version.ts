/** The version of this package; a test holds it against package.json, which is not loaded at run time. */
export const VERSION = '0.1.0';
