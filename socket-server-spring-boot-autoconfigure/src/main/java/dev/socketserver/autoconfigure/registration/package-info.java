/**
 * How applications change what the properties say about servers and clients, say where
 * clients connect to, and make specifications of servers as the properties would. Uses
 * the core only.
 */
@NullMarked
package dev.socketserver.autoconfigure.registration;

import org.jspecify.annotations.NullMarked;
