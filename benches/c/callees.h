/* What is called, in a library of its own. */
#pragma once
#include <stdint.h>
#include "many.h"

double f(double);
double ff(double, double);
double fff(double, double, double);
double ffff(double, double, double, double);
double ffffff(double, double, double, double, double, double);
int64_t jj(int64_t, int64_t);
int32_t ii(int32_t, int32_t);
double mixed(int32_t, double, int64_t, float, int16_t, double, uint8_t, int64_t);
double vector(const double *, int64_t);
int64_t text(const char *);
uint32_t ww(uint32_t, uint32_t);
int32_t outs(double, int32_t *, double *);

#define DECLARE(n) double many_##n(double, double);
EACH_1024(DECLARE)
