/**
 * What is known of each key of a server or client: what a change of it does, its default,
 * and where a specification has its value. Uses {@code properties}.
 */
@NullMarked
package dev.socketserver.autoconfigure.settings.table;

import org.jspecify.annotations.NullMarked;
