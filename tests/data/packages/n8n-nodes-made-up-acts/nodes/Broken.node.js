'use strict';
throw new Error('This node cannot be loaded');
