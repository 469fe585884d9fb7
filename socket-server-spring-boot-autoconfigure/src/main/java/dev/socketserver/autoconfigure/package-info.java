/**
 * Makes socket servers from an application's properties and handler beans, and ties them
 * to the life of its context.
 */
@NullMarked
package dev.socketserver.autoconfigure;

import org.jspecify.annotations.NullMarked;
