/**
 * Auto-configuration of health contributors.
 */
@NullMarked
package dev.socketserver.autoconfigure.health;

import org.jspecify.annotations.NullMarked;
