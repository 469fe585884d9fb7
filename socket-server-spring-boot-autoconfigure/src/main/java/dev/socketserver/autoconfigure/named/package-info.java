/**
 * Beans for single servers and clients, by their names. Owns the definitions with a
 * qualifier, the beans that are named after an injection point, and what explains a name
 * that nothing has.
 */
@NullMarked
package dev.socketserver.autoconfigure.named;

import org.jspecify.annotations.NullMarked;
