// Models for the packet decoder, in plain C so that nothing of the package can be wrong in both.
#include "CFuzz.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// MARK: JSON

typedef struct {
  const uint8_t *at, *end;
  int depth;
} Reader;

// Values and decoded texts lie in two blocks that are used again; a text never has more values than bytes.
static JSONValue *values;
static uint8_t *texts;
static size_t room, valueCount, textCount;

static JSONValue *fresh(JSONKind kind) {
  JSONValue *value = &values[valueCount++];
  memset(value, 0, sizeof *value);
  value->kind = kind;
  return value;
}

static void blanks(Reader *r) {
  while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r')) r->at++;
}

static int take(Reader *r, uint8_t byte) {
  if (r->at == r->end || *r->at != byte) return 0;
  r->at++;
  return 1;
}

static int hex4(Reader *r, uint32_t *out) {
  if (r->end - r->at < 4) return 0;
  uint32_t value = 0;
  for (int i = 0; i < 4; i++) {
    uint8_t c = *r->at++;
    if (c >= '0' && c <= '9') value = value * 16 + (c - '0');
    else if (c >= 'a' && c <= 'f') value = value * 16 + (c - 'a' + 10);
    else if (c >= 'A' && c <= 'F') value = value * 16 + (c - 'A' + 10);
    else return 0;
  }
  *out = value;
  return 1;
}

static void put(uint32_t c) {
  if (c < 0x80) texts[textCount++] = c;
  else if (c < 0x800) {
    texts[textCount++] = 0xC0 | c >> 6;
    texts[textCount++] = 0x80 | (c & 63);
  } else if (c < 0x10000) {
    texts[textCount++] = 0xE0 | c >> 12;
    texts[textCount++] = 0x80 | (c >> 6 & 63);
    texts[textCount++] = 0x80 | (c & 63);
  } else {
    texts[textCount++] = 0xF0 | c >> 18;
    texts[textCount++] = 0x80 | (c >> 12 & 63);
    texts[textCount++] = 0x80 | (c >> 6 & 63);
    texts[textCount++] = 0x80 | (c & 63);
  }
}

static int string(Reader *r, const uint8_t **text, size_t *count) {
  if (!take(r, '"')) return 0;
  size_t start = textCount;
  for (;;) {
    if (r->at == r->end) return 0;
    uint8_t c = *r->at++;
    if (c == '"') break;
    if (c < 0x20) return 0;
    if (c == '\\') {
      if (r->at == r->end) return 0;
      switch (*r->at++) {
      case '"': put('"'); break;
      case '\\': put('\\'); break;
      case '/': put('/'); break;
      case 'b': put(8); break;
      case 'f': put(12); break;
      case 'n': put(10); break;
      case 'r': put(13); break;
      case 't': put(9); break;
      case 'u': {
        uint32_t unit, low;
        if (!hex4(r, &unit)) return 0;
        if (unit >= 0xDC00 && unit <= 0xDFFF) return 0;
        if (unit >= 0xD800 && unit <= 0xDBFF) {
          if (!take(r, '\\') || !take(r, 'u') || !hex4(r, &low) || low < 0xDC00 || low > 0xDFFF) return 0;
          unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
        }
        put(unit);
        break;
      }
      default: return 0;
      }
      continue;
    }
    if (c < 0x80) {
      put(c);
      continue;
    }
    // UTF-8 by its definition: decode, then ask whether that was the shortest form of a scalar.
    int more = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : 1;
    if (c < 0xC0 || c > 0xF7 || r->end - r->at < more) return 0;
    uint32_t scalar = c & (more == 3 ? 7 : more == 2 ? 15 : 31);
    for (int i = 0; i < more; i++) {
      if ((*r->at & 0xC0) != 0x80) return 0;
      scalar = scalar << 6 | (*r->at++ & 63);
    }
    uint32_t least = more == 3 ? 0x10000 : more == 2 ? 0x800 : 0x80;
    if (scalar < least || scalar > 0x10FFFF || (scalar >= 0xD800 && scalar <= 0xDFFF)) return 0;
    put(scalar);
  }
  *text = texts + start;
  *count = textCount - start;
  return 1;
}

static int digits(Reader *r) {
  const uint8_t *start = r->at;
  while (r->at < r->end && *r->at >= '0' && *r->at <= '9') r->at++;
  return r->at > start;
}

static JSONValue *number(Reader *r) {
  const uint8_t *start = r->at;
  take(r, '-');
  if (!take(r, '0') && !digits(r)) return NULL;
  if (take(r, '.') && !digits(r)) return NULL;
  if (take(r, 'e') || take(r, 'E')) {
    if (!take(r, '+')) take(r, '-');
    if (!digits(r)) return NULL;
  }
  JSONValue *value = fresh(ROW_NUMBER);
  value->text = start;
  value->count = r->at - start;
  return value;
}

static JSONValue *word(Reader *r, const char *word, JSONKind kind) {
  size_t count = strlen(word);
  if ((size_t)(r->end - r->at) < count || memcmp(r->at, word, count) != 0) return NULL;
  r->at += count;
  return fresh(kind);
}

static JSONValue *value(Reader *r);

static JSONValue *container(Reader *r, JSONKind kind, uint8_t close) {
  if (r->depth == 0) return NULL;
  r->depth--;
  r->at++;
  JSONValue *result = fresh(kind);
  JSONValue **last = &result->first;
  blanks(r);
  if (!take(r, close)) {
    for (;;) {
      const uint8_t *name = NULL;
      size_t nameCount = 0;
      blanks(r);
      if (kind == ROW_OBJECT) {
        if (!string(r, &name, &nameCount)) return NULL;
        blanks(r);
        if (!take(r, ':')) return NULL;
      }
      JSONValue *item = value(r);
      if (!item) return NULL;
      item->name = name;
      item->nameCount = nameCount;
      *last = item;
      last = &item->next;
      blanks(r);
      if (take(r, close)) break;
      if (!take(r, ',')) return NULL;
    }
  }
  r->depth++;
  return result;
}

static JSONValue *value(Reader *r) {
  blanks(r);
  if (r->at == r->end) return NULL;
  switch (*r->at) {
  case '{': return container(r, ROW_OBJECT, '}');
  case '[': return container(r, ROW_ARRAY, ']');
  case 't': return word(r, "true", ROW_TRUE);
  case 'f': return word(r, "false", ROW_FALSE);
  case 'n': return word(r, "null", ROW_NULL);
  case '"': {
    const uint8_t *text;
    size_t count;
    if (!string(r, &text, &count)) return NULL;
    JSONValue *result = fresh(ROW_STRING);
    result->text = text;
    result->count = count;
    return result;
  }
  default: return number(r);
  }
}

const JSONValue *json_read(const uint8_t *bytes, size_t count, int depth) {
  if (count + 16 > room) {
    room = 2 * count + 1024;
    values = realloc(values, room * sizeof *values);
    texts = realloc(texts, room);
    if (!values || !texts) abort();
  }
  valueCount = textCount = 0;
  Reader reader = {bytes, bytes + count, depth};
  JSONValue *result = value(&reader);
  blanks(&reader);
  return reader.at == reader.end ? result : NULL;
}

// MARK: Numbers

typedef struct {
  int isNegative, isPlain;
  // All digits without the point and without leading zeros; 40 of them are more than fit.
  char digits[40];
  int digitCount, overflows;
  // Digits behind the point after the exponent; saturated.
  long scale;
} Number;

static Number number_of(const uint8_t *text, size_t count) {
  Number n = {0, 1, {0}, 0, 0, 0};
  size_t i = 0;
  int behind = 0;
  long fraction = 0, exponent = 0;
  if (i < count && text[i] == '-') {
    n.isNegative = 1;
    i++;
  }
  for (; i < count && text[i] != 'e' && text[i] != 'E'; i++) {
    if (text[i] == '.') {
      behind = 1;
      n.isPlain = 0;
      continue;
    }
    if (behind) fraction++;
    if (n.digitCount == 0 && text[i] == '0') continue;
    if (n.digitCount < 40) n.digits[n.digitCount++] = text[i];
    else n.overflows = 1;
  }
  if (i < count) {
    n.isPlain = 0;
    i++;
    int negative = 0;
    if (text[i] == '+' || text[i] == '-') negative = text[i++] == '-';
    for (; i < count; i++)
      if (exponent < 100000000000000L) exponent = exponent * 10 + (text[i] - '0');
    if (negative) exponent = -exponent;
  }
  n.scale = fraction - exponent;
  return n;
}

/// Appends the zeros of a negative scale; 0 when the digits are more than a signed 64-bit number has.
static int settle(Number *n) {
  if (n->scale > 255) return 0;
  if (n->digitCount == 0) {
    if (n->scale < 0) n->scale = 0;
    n->isNegative = 0;
    return 1;
  }
  if (n->overflows || n->scale < -20) return 0;
  while (n->scale < 0) {
    if (n->digitCount == 40) return 0;
    n->digits[n->digitCount++] = '0';
    n->scale++;
  }
  const char *limit = n->isNegative ? "9223372036854775808" : "9223372036854775807";
  if (n->digitCount != 19) return n->digitCount < 19;
  return memcmp(n->digits, limit, 19) <= 0;
}

int decimal_print(const uint8_t *literal, size_t count, int decimals, char *out) {
  Number n = number_of(literal, count);
  if (!settle(&n)) return -1;
  long shown = decimals > n.scale ? decimals : n.scale;
  long whole = n.digitCount - n.scale;
  int at = 0;
  if (n.isNegative) out[at++] = '-';
  if (whole <= 0) out[at++] = '0';
  for (long i = 0; i < whole; i++) out[at++] = n.digits[i];
  if (shown > 0) out[at++] = '.';
  for (long place = 0; place < shown; place++) {
    long index = whole + place;
    out[at++] = index < 0 || index >= n.digitCount ? '0' : n.digits[index];
  }
  return at;
}

/// Whether an integer without fraction or exponent is in the range; `unsigned` up to 2^64 - 1.
static int is_integer(const JSONValue *v, int isUnsigned) {
  if (v->kind != ROW_NUMBER) return 0;
  Number n = number_of(v->text, v->count);
  if (!n.isPlain || n.overflows) return 0;
  const char *limit = isUnsigned ? "18446744073709551615" : n.isNegative ? "9223372036854775808" : "9223372036854775807";
  if (n.digitCount == 0) return 1;
  if (isUnsigned && n.isNegative) return 0;
  int length = (int)strlen(limit);
  return n.digitCount != length ? n.digitCount < length : memcmp(n.digits, limit, length) <= 0;
}

// MARK: Packets

static int is_named(const JSONValue *v, const char *name) {
  return v->nameCount == strlen(name) && memcmp(v->name, name, v->nameCount) == 0;
}

/// The member of that name; `*count` how many there are.
static const JSONValue *member(const JSONValue *object, const char *name, int *count) {
  const JSONValue *found = NULL;
  *count = 0;
  for (const JSONValue *v = object->first; v; v = v->next)
    if (is_named(v, name)) {
      found = v;
      ++*count;
    }
  return found;
}

static int has_text(const JSONValue *v, const char *text) {
  return v->kind == ROW_STRING && v->count == strlen(text) && memcmp(v->text, text, v->count) == 0;
}

static int properties_are_good(const JSONValue *p, int isReply) {
  int count;
  if (p->kind != ROW_OBJECT) return 0;
  const JSONValue *type = member(p, "type", &count);
  if (count > 1 || (count == 0 && !isReply)) return 0;
  if (type && !has_text(type, "snapshot") && !has_text(type, "updates") && !has_text(type, "removal")) return 0;
  const char *numbers[] = {"seqnum", "timestamp", "published"};
  for (int i = 0; i < 3; i++) {
    const JSONValue *v = member(p, numbers[i], &count);
    if (count > 1) return 0;
    if (v && v->kind != ROW_NULL && !is_integer(v, i == 0)) return 0;
  }
  return 1;
}

static int is_fixed(const JSONValue *v, int *isNull) {
  const JSONValue *literal = v->first;
  if (!literal || !literal->next || literal->next->next) return 0;
  const JSONValue *decimals = literal->next;
  if (!is_integer(decimals, 1)) return 0;
  Number n = number_of(decimals->text, decimals->count);
  if (n.digitCount > 3) return 0;
  int places = 0;
  for (int i = 0; i < n.digitCount; i++) places = places * 10 + (n.digits[i] - '0');
  if (places > 255) return 0;
  if (literal->kind == ROW_NULL) {
    *isNull = 1;
    return 1;
  }
  if (literal->kind != ROW_NUMBER) return 0;
  Number value = number_of(literal->text, literal->count);
  return settle(&value);
}

static int cell_is_good(const JSONValue *v, CellForm form, int *isNull) {
  *isNull = v->kind == ROW_NULL;
  if (*isNull) return 1;
  switch (form) {
  case FORM_TEXT: return v->kind == ROW_STRING;
  case FORM_INTEGER: return is_integer(v, 0);
  case FORM_FIXED: return v->kind == ROW_ARRAY && is_fixed(v, isNull);
  case FORM_BOOL:
    if (v->kind == ROW_TRUE || v->kind == ROW_FALSE) return 1;
    if (!is_integer(v, 0)) return 0;
    Number flag = number_of(v->text, v->count);
    return flag.digitCount == 0 || (flag.digitCount == 1 && flag.digits[0] == '1' && !flag.isNegative);
  case FORM_FLOAT: {
    if (v->kind != ROW_NUMBER) return 0;
    static char *copy;
    copy = realloc(copy, v->count + 1);
    if (!copy) abort();
    memcpy(copy, v->text, v->count);
    copy[v->count] = 0;
    return isfinite(strtod(copy, NULL));
  }
  case FORM_UNTYPED:
    if (v->kind == ROW_STRING || v->kind == ROW_TRUE || v->kind == ROW_FALSE) return 1;
    if (v->kind == ROW_ARRAY) return is_fixed(v, isNull);
    if (v->kind != ROW_NUMBER) return 0;
    Number value = number_of(v->text, v->count);
    return settle(&value);
  }
  return 0;
}

enum { MOST_COLUMNS = 256 };

int packet_is_good(const JSONValue *body, const PacketColumn *columns, size_t columnCount, int isReply) {
  int count, names = 0;
  if (!body || body->kind != ROW_OBJECT) return 0;
  const JSONValue *properties = member(body, "properties", &count);
  if (count > 1 || (count == 0 && !isReply)) return 0;
  if (properties && !properties_are_good(properties, isReply)) return 0;
  const JSONValue *list = member(body, "columns", &count);
  if (count != 1 || list->kind != ROW_ARRAY) return 0;
  const JSONValue *data = member(body, "data", &count);
  if (count != 1 || data->kind != ROW_ARRAY) return 0;

  // The form of each column of the packet, or -1 where the schema does not have it; whether it is part of the key.
  int forms[MOST_COLUMNS], keys[MOST_COLUMNS], keyCount = 0, wantedKeys = 0;
  int side = -1, price = -1;
  for (const JSONValue *name = list->first; name; name = name->next) {
    if (name->kind != ROW_STRING) return 0;
    for (const JSONValue *other = list->first; other != name; other = other->next)
      if (other->count == name->count && memcmp(other->text, name->text, name->count) == 0) return 0;
    if (names == MOST_COLUMNS) abort();
    forms[names] = columns ? -1 : FORM_UNTYPED;
    keys[names] = 0;
    for (size_t i = 0; i < columnCount; i++)
      if (has_text(name, columns[i].name)) {
        forms[names] = columns[i].form;
        keys[names] = columns[i].isKey;
        keyCount += columns[i].isKey;
      }
    if (has_text(name, "BUYSELL")) side = names;
    if (has_text(name, "PRICE")) price = names;
    names++;
  }
  for (size_t i = 0; i < columnCount; i++) wantedKeys += columns[i].isKey;
  if (keyCount != wantedKeys) return 0;
  if (!columns && side >= 0 && price >= 0) keys[side] = keys[price] = 1;

  for (const JSONValue *row = data->first; row; row = row->next) {
    if (row->kind != ROW_ARRAY) return 0;
    int place = 0;
    for (const JSONValue *cell = row->first; cell; cell = cell->next, place++) {
      int isNull = 0;
      if (place == names) return 0;
      if (forms[place] < 0) continue;
      if (!cell_is_good(cell, forms[place], &isNull)) return 0;
      if (isNull && keys[place]) return 0;
    }
    if (place != names) return 0;
  }
  return 1;
}
