/** Where the project lives: its source, its documentation, its issues. */
export const HOMEPAGE = 'https://github.com/surefoot-sql/surefoot';
