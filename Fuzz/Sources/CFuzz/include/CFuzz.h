#pragma once
#include <stddef.h>
#include <stdint.h>

/// libFuzzer's own loop; it reads the options in argv.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *bytes, size_t count));

// A strict reader of JSON (RFC 8259), on its own, rule by rule. Nothing of the package is in it.

typedef enum { ROW_NULL, ROW_FALSE, ROW_TRUE, ROW_NUMBER, ROW_STRING, ROW_ARRAY, ROW_OBJECT } JSONKind;

typedef struct JSONValue {
  JSONKind kind;
  /// The decoded bytes of a string, the literal of a number.
  const uint8_t *text;
  size_t count;
  /// The name, in an object.
  const uint8_t *name;
  size_t nameCount;
  struct JSONValue *first;
  struct JSONValue *next;
} JSONValue;

/// The value of a text nested at most `depth` deep; NULL when it is none. Valid until the next call.
/// A lone surrogate in an escape is refused too.
const JSONValue *json_read(const uint8_t *bytes, size_t count, int depth);

/// What a cell of a column has to be.
typedef enum { FORM_TEXT, FORM_INTEGER, FORM_FIXED, FORM_FLOAT, FORM_BOOL, FORM_UNTYPED } CellForm;

typedef struct {
  const char *name;
  CellForm form;
  int isKey;
} PacketColumn;

/// Whether a body is a packet by the rules of tables.md. Without columns (NULL) the packet's own are taken.
int packet_is_good(const JSONValue *body, const PacketColumn *columns, size_t columnCount, int isReply);

/// The printed form of a number that fits, with at least that many fraction digits; the length, or -1 when it does not
/// fit in 64 bits and 255 fraction digits. `out` takes 600 bytes.
int decimal_print(const uint8_t *literal, size_t count, int decimals, char *out);
