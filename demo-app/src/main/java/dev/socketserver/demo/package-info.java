/**
 * A runnable application with four socket servers, one package for each.
 */
@NullMarked
package dev.socketserver.demo;

import org.jspecify.annotations.NullMarked;
