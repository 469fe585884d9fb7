/**
 * Finds the handlers among an application's beans, and turns them into the form that the
 * engine takes.
 */
@NullMarked
package dev.socketserver.handler.bean;

import org.jspecify.annotations.NullMarked;
