// K objects (k.h `struct k0`) and what stubs refer to, by the names that the library gives these symbols. Offsets and
// flags that come from the library are in the generated types.h.
typedef struct k0 {
  int8_t m, a, t;
  uint8_t u;
  int32_t r;
  union {
    uint64_t word;
    int64_t n;
  };
  union {
    unsigned char bytes[16];
    uint64_t words[2];
    struct k0 *items[2];
  };
} *K;

// Tags, as k.h has them.
enum {
  BOOLEAN = 1, GUID = 2, BYTE = 4, SHORT = 5, INT = 6, LONG = 7, REAL = 8, FLOAT = 9, CHAR = 10, SYMBOL = 11,
  TIMESTAMP = 12, DATETIME = 15, TIMESPAN = 16, UNARY = 101, FOREIGN = 112
};

// q calls no function with more arguments than this.
enum { MAX_RANK = 8 };

// How a parameter of a type is passed. C reads a text, and may write to a buffer.
enum kind { NUMBER, ADDRESS, GUID_VALUE, TEXT, BUFFER, POINTER, FUNCTION, ANY, VOID, AGGREGATE, ROOM };

struct type {
  int8_t tag;       // of vectors
  uint8_t size;     // of C's value
  uint8_t item;     // of what a pointer points to
  enum kind kind;
  bool by_runtime;  // a pointer that the stub leaves to the runtime to read
  uint8_t held;     // of one in a vector of q's, which may be wider
  int8_t array;     // tag of the vectors that a pointer takes
};

// The destructor by which stubs know a callback's foreign object.
void CONVENTION ReleaseCallback(K x);
