/**
 * Support for testing applications with socket servers: free ports, and a client for
 * tests.
 */
@NullMarked
package dev.socketserver.test;

import org.jspecify.annotations.NullMarked;
