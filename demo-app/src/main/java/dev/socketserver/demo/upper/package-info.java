/**
 * Request and reply, a line each: the line server of the Clojure Cookbook.
 */
@NullMarked
package dev.socketserver.demo.upper;

import org.jspecify.annotations.NullMarked;
