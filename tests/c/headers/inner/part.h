/* Found by the folder of gadget.h, though in angle brackets. */
#define PART_MASK 0x0f
long sum9(long, int, short, char, double, float, long long, size_t, unsigned char);
