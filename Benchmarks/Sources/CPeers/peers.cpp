#include "CPeers.h"

#include <chrono>
#include <cstring>
#include <malloc.h>
#include <string_view>
#include <vector>

namespace {
/// What every decoder here makes of a cell: 16 trivial bytes, texts as ranges of the body.
struct Cell {
  uint64_t low, high;
};
std::vector<Cell> cells;

/// Mantissa and scale of a number's text.
Cell number(std::string_view text) {
  uint64_t value = 0, scale = 0;
  bool negative = false, fraction = false;
  for (char c : text) {
    if (c == '-') negative = true;
    else if (c == '.') fraction = true;
    else if (c >= '0' && c <= '9') value = value * 10 + uint64_t(c - '0'), scale += fraction;
    else break;
  }
  return {negative ? 0 - value : value, 2 | scale << 8};
}
}  // namespace

#ifdef HAS_SIMDJSON
#include <simdjson.h>

int peer_has_simdjson(void) { return 1; }

namespace {
simdjson::ondemand::parser parser;
std::vector<std::string_view> columns;

long decode(const uint8_t *body, size_t length) {
  using namespace simdjson;
  ondemand::document document;
  if (parser.iterate(padded_string_view(body, length, length + SIMDJSON_PADDING)).get(document)) return -1;
  cells.clear();
  columns.clear();
  ondemand::object object;
  if (document.get_object().get(object)) return -1;
  for (auto field : object) {
    std::string_view name;
    if (field.unescaped_key().get(name)) return -1;
    if (name == "properties") {
      ondemand::object properties;
      if (field.value().get_object().get(properties)) return -1;
      for (auto property : properties) {
        std::string_view key;
        if (property.unescaped_key().get(key)) return -1;
        if (key == "type") {
          std::string_view type;
          if (property.value().get_string().get(type)) return -1;
        } else {
          uint64_t value;
          if (property.value().get_uint64().get(value)) return -1;
        }
      }
    } else if (name == "columns") {
      ondemand::array names;
      if (field.value().get_array().get(names)) return -1;
      for (auto column : names) {
        std::string_view text;
        if (column.get_string().get(text)) return -1;
        columns.push_back(text);
      }
    } else if (name == "data") {
      ondemand::array rows;
      if (field.value().get_array().get(rows)) return -1;
      for (auto row : rows) {
        ondemand::array values;
        if (row.get_array().get(values)) return -1;
        size_t width = 0;
        for (auto value : values) {
          ondemand::json_type type;
          if (value.type().get(type)) return -1;
          width++;
          switch (type) {
          case ondemand::json_type::array: {
            ondemand::array pair;
            if (value.get_array().get(pair)) return -1;
            Cell cell{0, 0};
            int place = 0;
            for (auto part : pair) {
              if (place++ == 0) {
                ondemand::value first;
                if (part.get(first)) return -1;
                cell = number(first.raw_json_token());
              } else {
                uint64_t decimals;
                if (part.get_uint64().get(decimals)) return -1;
                cell.high |= decimals << 16;
              }
            }
            cells.push_back(cell);
            break;
          }
          case ondemand::json_type::string: {
            std::string_view text;
            if (value.get_string().get(text)) return -1;
            Cell cell{uint64_t(uintptr_t(text.data())), 5 | uint64_t(text.size()) << 32};
            cells.push_back(cell);
            break;
          }
          case ondemand::json_type::number: {
            int64_t integer;
            if (value.get_int64().get(integer)) return -1;
            cells.push_back({uint64_t(integer), 1});
            break;
          }
          case ondemand::json_type::boolean: {
            bool flag;
            if (value.get_bool().get(flag)) return -1;
            cells.push_back({flag, 4});
            break;
          }
          case ondemand::json_type::null:
            if (!value.is_null()) return -1;
            cells.push_back({0, 0});
            break;
          case ondemand::json_type::object: return -1;
          }
        }
        if (width != columns.size()) return -1;
      }
    }
  }
  return long(cells.size());
}
}  // namespace

long peer_simdjson(const uint8_t *body, size_t length) { return decode(body, length); }

long peer_simdjson_stage1(const uint8_t *body, size_t length) {
  static std::unique_ptr<simdjson::internal::dom_parser_implementation> stage;
  static size_t capacity = 0;
  if (capacity < length) {
    capacity = length * 2;
    if (simdjson::get_active_implementation()->create_dom_parser_implementation(capacity, 64, stage)) return -1;
  }
  if (stage->stage1(body, length, simdjson::stage1_mode::regular)) return -1;
  return long(stage->n_structural_indexes);
}
#else
int peer_has_simdjson(void) { return 0; }
long peer_simdjson(const uint8_t *, size_t) { return -1; }
long peer_simdjson_stage1(const uint8_t *, size_t) { return -1; }
#endif

#ifdef HAS_JSONC
#include <json-c/json.h>

int peer_has_jsonc(void) { return 1; }

namespace {
long walk(json_object *value) {
  switch (json_object_get_type(value)) {
  case json_type_array: {
    long count = 0;
    size_t length = json_object_array_length(value);
    for (size_t i = 0; i < length; i++) count += walk(json_object_array_get_idx(value, i));
    return count;
  }
  case json_type_string: return json_object_get_string_len(value) >= 0;
  case json_type_double: return json_object_get_double(value) == json_object_get_double(value);
  case json_type_int: return (json_object_get_int64(value), 1);
  default: return 1;
  }
}
}  // namespace

long peer_jsonc(const uint8_t *body, size_t length) {
  static json_tokener *tokener = json_tokener_new();
  json_tokener_reset(tokener);
  json_object *root = json_tokener_parse_ex(tokener, reinterpret_cast<const char *>(body), int(length));
  if (!root) return -1;
  json_object *data = nullptr;
  long count = json_object_object_get_ex(root, "data", &data) ? walk(data) : -1;
  json_object_put(root);
  return count;
}
#else
int peer_has_jsonc(void) { return 0; }
long peer_jsonc(const uint8_t *, size_t) { return -1; }
#endif

namespace {
template <typename Work> double bandwidth(size_t bytes, Work work) {
  double best = 0;
  for (int round = 0; round < 5; round++) {
    auto start = std::chrono::steady_clock::now();
    work();
    std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
    if (double(bytes) / time.count() > best) best = double(bytes) / time.count();
  }
  return best;
}
const size_t large = size_t(256) << 20;
volatile uint64_t sink;
}  // namespace

double memory_read_bandwidth(void) {
  std::vector<uint64_t> memory(large / 8, 1);
  return bandwidth(large, [&] {
    uint64_t sum = 0;
    for (uint64_t word : memory) sum += word;
    sink = sum;
  });
}

double memory_copy_bandwidth(void) {
  std::vector<uint8_t> from(large, 1), to(large, 2);
  return bandwidth(large, [&] {
    std::memcpy(to.data(), from.data(), large);
    sink = to[large / 2];
  });
}

size_t allocated_bytes(void) {
  struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

double additions_a_nanosecond(void) {
  const int passes = 400000;
  auto start = std::chrono::steady_clock::now();
#if defined(__x86_64__)
  uint64_t a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0;
  for (int i = 0; i < passes; i++)
    __asm__ volatile(
        "add $1,%0\n add $1,%1\n add $1,%2\n add $1,%3\n add $1,%4\n add $1,%5\n add $1,%6\n add $1,%7"
        : "+r"(a), "+r"(b), "+r"(c), "+r"(d), "+r"(e), "+r"(f), "+r"(g), "+r"(h));
  sink = a + b + c + d + e + f + g + h;
#else
  return 0;
#endif
  std::chrono::duration<double, std::nano> time = std::chrono::steady_clock::now() - start;
  return 8.0 * passes / time.count();
}
