// Constants of `n8n-workflow`: names that nodes compare with, and what they mean in workflow files.
(function (H, G) {
  'use strict';
  const N = G.__kv_x.n8n;
  const base = (name) => `n8n-nodes-base.${name}`;
  Object.assign(N, {
    NodeConnectionTypes: {
      AiAgent: 'ai_agent', AiChain: 'ai_chain', AiDocument: 'ai_document', AiEmbedding: 'ai_embedding', AiLanguageModel: 'ai_languageModel', AiMemory: 'ai_memory',
      AiOutputParser: 'ai_outputParser', AiRetriever: 'ai_retriever', AiReranker: 'ai_reranker', AiTextSplitter: 'ai_textSplitter', AiTool: 'ai_tool',
      AiVectorStore: 'ai_vectorStore', Main: 'main',
    },
    BINARY_ENCODING: 'base64',
    BINARY_MODE_COMBINED: 'combined',
    WAIT_INDEFINITELY: new Date('3000-01-01T00:00:00.000Z'),
    SEND_AND_WAIT_OPERATION: 'sendAndWait',
    FORM_TRIGGER_NODE_TYPE: base('formTrigger'),
    FORM_NODE_TYPE: base('form'),
    WAIT_NODE_TYPE: base('wait'),
    WEBHOOK_NODE_TYPE: base('webhook'),
    POSTGRES_NODE_TYPE: base('postgres'),
    MYSQL_NODE_TYPE: base('mySql'),
    HTTP_REQUEST_NODE_TYPE: base('httpRequest'),
    EXECUTE_WORKFLOW_TRIGGER_NODE_TYPE: base('executeWorkflowTrigger'),
    EVALUATION_TRIGGER_NODE_TYPE: base('evaluationTrigger'),
    MANUAL_TRIGGER_NODE_TYPE: base('manualTrigger'),
    CHAT_TRIGGER_NODE_TYPE: '@n8n/n8n-nodes-langchain.chatTrigger',
    AGENT_TOOL_LANGCHAIN_NODE_TYPE: '@n8n/n8n-nodes-langchain.agentTool',
    FORM_TRIGGER_PATH_IDENTIFIER: 'n8n-form',
    AI_TRANSFORM_JS_CODE: 'jsCode',
    AI_TRANSFORM_CODE_GENERATED_FOR_PROMPT: 'codeGeneratedForPrompt',
    DATA_TABLE_SYSTEM_COLUMNS: ['id', 'createdAt', 'updatedAt'],
    DATA_TABLE_SYSTEM_COLUMN_TYPE_MAP: { id: 'number', createdAt: 'date', updatedAt: 'date' },
    LoggerProxy: Object.fromEntries(['init', 'error', 'warn', 'info', 'debug', 'verbose'].map((name) => [name, () => {}])),
  });
  N.NodeConnectionType = N.NodeConnectionTypes;
})
