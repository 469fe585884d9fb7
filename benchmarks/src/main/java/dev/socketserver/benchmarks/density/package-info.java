/**
 * How many idle sessions a machine holds, what one more costs, and what a line to all of
 * them costs beside a loop in C.
 */
@NullMarked
package dev.socketserver.benchmarks.density;

import org.jspecify.annotations.NullMarked;
