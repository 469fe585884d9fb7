/**
 * Auto-configuration of consoles, which evaluate expressions.
 */
@NullMarked
package dev.socketserver.autoconfigure.repl;

import org.jspecify.annotations.NullMarked;
