import { z } from "zod";

/** What else a model may call a field: in Chinese, and as the original MetaGPT names it. */
const others: Readonly<Record<string, readonly string[]>> = {
  anything_unclear: ["待确认问题", "待明确事项", "不明确之处"],
  api_spec: ["接口规范", "Full API spec"],
  attributes: ["属性"],
  build_command: ["构建命令"],
  call_flow: ["调用流程", "Program call flow"],
  change: ["修改", "改动"],
  classes: ["类"],
  comments: ["意见", "评论", "审查意见"],
  competitors: ["竞品分析", "竞品", "Competitive Analysis"],
  depends_on: ["依赖", "依赖文件", "前置文件"],
  description: ["描述", "说明"],
  entry_point: ["入口", "入口文件"],
  exports: ["导出"],
  files: ["文件", "文件列表", "File list"],
  implementation_approach: ["实现方案", "实现方法"],
  kind: ["类型", "种类"],
  label: ["标签"],
  language: ["语言"],
  logic: ["逻辑"],
  message: ["消息"],
  methods: ["方法"],
  name: ["名称"],
  original_requirements: ["原始需求"],
  other_packages: ["其他依赖", "其他依赖包"],
  path: ["路径", "文件路径", "文件名"],
  priority: ["优先级"],
  product_goals: ["产品目标"],
  programming_language: ["编程语言", "技术栈"],
  project_name: ["项目名称", "项目名"],
  purpose: ["用途", "职责"],
  relations: ["关系"],
  required_packages: ["所需依赖包", "依赖包", "Required Python packages"],
  requirement_analysis: ["需求分析"],
  requirement_pool: ["需求池", "需求列表"],
  run_command: ["运行命令"],
  shared_knowledge: ["共享约定", "共享知识"],
  signature: ["签名"],
  strengths: ["优点", "优势"],
  summary: ["总结", "摘要"],
  tasks: ["任务", "任务列表", "Task list"],
  test_command: ["测试命令"],
  text: ["内容", "需求", "requirement", "description"],
  todo: ["待办", "待办事项"],
  ui_design: ["界面设计", "UI设计", "UI Design draft"],
  user_stories: ["用户故事"],
  verdict: ["结论"],
  version: ["版本"],
  weaknesses: ["缺点", "不足", "劣势"],
  why: ["原因"],
};

/** Has the reader accept the other names of a document's fields, at any depth. */
export function withOtherNames<S extends z.ZodObject>(schema: S): S {
  for (const [key, field] of Object.entries<z.core.$ZodType>(schema.shape)) {
    const aliases = others[key];
    if (aliases) z.globalRegistry.add(field, { ...z.globalRegistry.get(field), aliases });
    if (field instanceof z.ZodArray && field.element instanceof z.ZodObject) withOtherNames(field.element);
  }
  return schema;
}
