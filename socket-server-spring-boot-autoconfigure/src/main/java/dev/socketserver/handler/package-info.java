/**
 * Finds the handlers among an application's beans and describes them for the engine.
 */
@NullMarked
package dev.socketserver.handler;

import org.jspecify.annotations.NullMarked;
