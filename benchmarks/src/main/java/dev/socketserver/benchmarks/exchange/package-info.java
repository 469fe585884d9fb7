/**
 * What a call of an interface costs, beside the request that it stands for.
 */
@NullMarked
package dev.socketserver.benchmarks.exchange;

import org.jspecify.annotations.NullMarked;
