import process from "node:process";
import type {
  JsonSchemaType,
  JsonSchemaValidator,
  jsonSchemaValidator,
} from "@modelcontextprotocol/server";

/**
 * Takes the place of the SDK's own validator of what a person fills into a form, which is a third of
 * all that a server would load before it answers for the first time. The forms that people are shown
 * here have no fields, so an answer can only be right.
 */
class FormAnswers implements jsonSchemaValidator {
  /** @throws Error for a form with fields, which this does not check */
  getValidator<Answer>(schema: JsonSchemaType): JsonSchemaValidator<Answer> {
    if (Object.keys(schema.properties ?? {}).length > 0)
      throw new Error("a form here has no fields");
    return (answer) => ({ valid: true, data: answer as Answer, errorMessage: undefined });
  }
}

// Under the names by which the SDK asks for what differs between platforms.
export { FormAnswers as DefaultJsonSchemaValidator, process };
