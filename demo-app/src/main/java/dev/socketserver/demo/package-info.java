/**
 * A runnable application with socket servers and a client, one package for each.
 */
@NullMarked
package dev.socketserver.demo;

import org.jspecify.annotations.NullMarked;
