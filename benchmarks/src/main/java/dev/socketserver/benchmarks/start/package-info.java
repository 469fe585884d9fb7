/**
 * What a start of an application costs with a server, and with a web server.
 */
@NullMarked
package dev.socketserver.benchmarks.start;

import org.jspecify.annotations.NullMarked;
