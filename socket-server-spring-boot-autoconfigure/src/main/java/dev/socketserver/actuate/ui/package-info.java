/**
 * The page for operators, which the endpoint {@code socketui} serves with all that it
 * loads. The page itself asks the other endpoints; nothing here knows servers or
 * sessions. Each table is a script among the resources, {@code table-….js}; the comment
 * in {@code main.js} says what it exports. Uses the web stack of the application, and
 * Spring Security if it is there.
 */
@NullMarked
package dev.socketserver.actuate.ui;

import org.jspecify.annotations.NullMarked;
