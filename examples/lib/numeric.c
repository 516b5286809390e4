/* A small C library such as a user of q may have: examples/vectors.q and examples/callbacks.q compile and call it. */
#include <stdint.h>
#include <math.h>

/* y[i] becomes the mean of the last `window` of x[0..i]. */
void moving_average(const double *x, double *y, int64_t n, int64_t window) {
    double sum = 0;
    for (int64_t i = 0; i < n; i++) {
        sum += x[i];
        if (i >= window)
            sum -= x[i - window];
        y[i] = sum / (double)(i < window ? i + 1 : window);
    }
}

/* Multiplies in place, and returns the largest magnitude there is then. */
double scale(double *x, int64_t n, double by) {
    double largest = 0;
    for (int64_t i = 0; i < n; i++) {
        x[i] *= by;
        largest = fmax(largest, fabs(x[i]));
    }
    return largest;
}

/* A root of f between lo and hi, where f has different signs; NaN if it has not. */
double bisect(double (*f)(double), double lo, double hi, double tolerance) {
    double at_lo = f(lo);
    if (at_lo * f(hi) > 0)
        return NAN;
    while (hi - lo > tolerance) {
        double mid = lo + (hi - lo) / 2;
        double at_mid = f(mid);
        if (at_lo * at_mid <= 0) {
            hi = mid;
        } else {
            lo = mid;
            at_lo = at_mid;
        }
    }
    return lo + (hi - lo) / 2;
}

/* Simpson's rule over 2 * n intervals. */
double integrate(double (*f)(double), double from, double to, int64_t n) {
    double h = (to - from) / (double)(2 * n);
    double sum = f(from) + f(to);
    for (int64_t i = 1; i < 2 * n; i++)
        sum += f(from + (double)i * h) * (i % 2 ? 4 : 2);
    return sum * h / 3;
}
