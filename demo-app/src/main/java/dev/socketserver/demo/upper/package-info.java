/**
 * A server of requests and replies, each of which is a line: the line server of the
 * Clojure Cookbook.
 */
@NullMarked
package dev.socketserver.demo.upper;

import org.jspecify.annotations.NullMarked;
