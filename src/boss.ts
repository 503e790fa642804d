/** What the person is asked for whom the company works. JSON, for the operation that asks. */
export type BossQuestion =
  /** A document stands for review. */
  | {
      readonly asks: "review";
      readonly action: string;
      readonly role: string;
      /** Where the document lies, below the project. */
      readonly file: string;
      /** Markdown, for the eye. */
      readonly shown: string;
      /** JSON, which can be edited. */
      readonly text: string;
    }
  /** A role has questions about the idea. */
  | { readonly asks: "questions"; readonly role: string; readonly questions: readonly string[] };

export type BossAnswer =
  | { readonly says: "go-on" }
  /** What shall be different in the document. */
  | { readonly says: "remark"; readonly text: string }
  /** Well-formed JSON; whether it is still a document of its kind is to be checked. */
  | { readonly says: "edited"; readonly text: string }
  /** One for each question; empty where it was skipped. */
  | { readonly says: "answers"; readonly answers: readonly string[] }
  /** The run ends here, to be continued later. */
  | { readonly says: "later" };
